/* A booking whose money goes its whole way through the sandbox: a host who can be paid,
 * a vendor who pays, the visit, the transfer. Both clocks go together. */
#ifndef SUPPORT_PAID_H
#define SUPPORT_PAID_H

#include "domain/bookings.h"
#include "domain/payments.h"
#include "support/stripe_box.h"

struct paid {
    struct db_test t;
    struct stripe_box box;
    int64_t host_id, vendor_id, admin_id, kitchen_id, booking_id;
    char account_id[64]; /* the host's at Stripe */
};

/* Opens everything: the host's account is active, the vendor holds a Thursday. */
void paid_open(struct paid *p);
void paid_close(struct paid *p);

/* A unit in which USER acts (0: the system). */
struct ctx *paid_act(struct paid *p, int64_t user);

/* Time passes for both. */
void paid_later(struct paid *p, int64_t s);

/* The vendor opens the payment; and pays it with a good card and comes back. */
enum result paid_intent(struct paid *p);
void paid_pay(struct paid *p);

/* The newest payment, in an open unit of the system. */
struct payment paid_payment(struct paid *p);

/* All that the job `calls` would do now, and again when new calls came of it. */
void paid_calls(struct paid *p);

/* Until the day after the visit: the booking is completed, its transfer written down
 * and not sent yet. */
void paid_visit(struct paid *p);

/* How many objects the list at PATH has; a status or another text of the newest. */
size_t paid_count_at_stripe(struct paid *p, const char *path);

/* An act at Stripe (sandbox/sim.h). */
void paid_sim(struct paid *p, const char *path, const char *form);

/* The platform's balance at Stripe in all; and whether nothing was lost there. */
int64_t paid_balance_at_stripe(struct paid *p);

#endif
