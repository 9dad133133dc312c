/* Our books against Stripe's, once a day (STRIPE.md 5). Stripe's movements of our
 * balance are copied; its fees and payouts, which nobody tells us of, are posted into
 * the ledger; transfers and refunds that we do not know are adopted; then each movement
 * is compared with the ledger's, and what was paid with what is booked. What does not
 * fit becomes a difference; so does whatever else is sold with the same account. */
#ifndef DOMAIN_RECONCILE_H
#define DOMAIN_RECONCILE_H

#include "app/ctx.h"

/* What is younger may still be under way between Stripe and us: it is not compared. */
enum { RECONCILE_FRESH_S = 3600 };

struct reconcile_look {
    int64_t began_at; /* this look */
    int64_t since_at; /* the last one that came to its end; 0: none did */
};

/* One unit of a look: a page of a list, or of a comparison. *AT is the place where it
 * goes on, "" at the beginning and when the look has come to its end. R_UPSTREAM:
 * Stripe cannot be read now; the place stays good. */
enum result reconcile_step(
    struct ctx *c, const struct reconcile_look *look, const char **at);

/* ---- the parts (reconcile_lists.c, reconcile_books.c) -----------------------------
 */

/* Each does one unit; *AFTER "" at its beginning and when it is done. */
typedef enum result reconcile_part(
    struct ctx *c, const struct reconcile_look *look, const char **after);

reconcile_part reconcile_movements, reconcile_transfers, reconcile_refunds,
    reconcile_balance;
reconcile_part reconcile_theirs, reconcile_ours, reconcile_bookings, reconcile_end;

/* What is not compared yet is on Stripe's side so much more than on ours. */
enum result reconcile_under_way(
    struct ctx *c, const struct reconcile_look *look, int64_t *cents);

#endif
