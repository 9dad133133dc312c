/* A booking that was paid, with everybody in place: a host whose account at the Stripe
 * sandbox is active, a vendor, an administrator. What Stripe has to say is fetched by
 * money_listen(), as the sweep does when no webhook comes. Both clocks move together.
 */
#ifndef SUPPORT_MONEY_H
#define SUPPORT_MONEY_H

#include "domain/payments.h"
#include "support/event.h"
#include "support/holds.h"
#include "support/stripe_box.h"

struct money {
    struct db_test t;
    struct stripe_box box;
    int64_t host_id, vendor_id, admin_id, kitchen_id, booking_id;
    char account_id[64]; /* the host's */
    int64_t looked_at;   /* when the last look at Stripe's books began; 0: none did */
    struct ctx *c;       /* the open unit's */
};

/* The booking: Thursday 09:00 to 12:00, three days ahead, made and paid just now. */
#define MONEY_TOTAL 22785 /* 150.00 + 25.00 + 35.00 + 17.85 */
#define MONEY_HOST 14500  /* 150.00 - 30.00 + 25.00 */
#define MONEY_TAX 1785

void money_open(struct money *m);
void money_close(struct money *m);

/* A unit in which USER_ID acts (0: the system); m->c is its context, returned too. */
struct ctx *money_act(struct money *m, int64_t user_id);

/* Another booking of the same vendor, DAYS later at the same hours, held and paid. */
int64_t money_book(struct money *m, int days);

/* Lets S seconds pass here and at Stripe. */
void money_later(struct money *m, int64_t s);
/* ... up to S seconds after the booking's end. */
void money_after_the_end(struct money *m, int64_t s);

/* What the jobs would do: begin and end bookings, claim transfers, make all calls, hear
 * what Stripe has to say, read accounts; until nothing is left to do. Takes a minute or
 * more by the clock. */
void money_run(struct money *m);
void money_calls(struct money *m);
void money_listen(struct money *m);

/* An event comes by webhook, and is taken. */
void money_hear(struct money *m, const struct event *e);

/* A whole look at Stripe's books (domain/reconcile.h); an hour later, when nothing is
 * under way any more. Then: there is no open difference. */
void money_look(struct money *m);
void money_look_later(struct money *m);
void money_no_difference(struct money *m);

/* Days later everything that is available at Stripe goes to our bank, and from now on a
 * refund over more than is there waits. */
void money_drain(struct money *m);

/* Somebody's act at Stripe: "dispute" with a printf format of its form. Its answer
 * lives in the open unit. */
const struct json *money_sim(struct money *m, const char *act, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The paid payment of the booking, and a text of a column of it or of another row. */
struct payment money_payment(struct money *m);
struct booking money_booking(struct money *m);

/* The first column of the first row. */
int64_t money_int(struct money *m, const char *format, ...);
/* The number of ROWS: "refunds WHERE state = 'failed'". */
int64_t money_count(struct money *m, const char *rows);

/* The balance of a ledger account for the booking; of all accounts together it is zero,
 * and Stripe's is what the sandbox says (its fees apart): that is checked, too. */
int64_t money_owed(struct money *m, const char *account);
void money_check(struct money *m);

#endif
