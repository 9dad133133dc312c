/* What hosts came to owe us because it could not be taken back from them, and what of
 * it was paid since. A debt is paid by what is kept from later transfers, the oldest
 * first; how much a host owes in all is in the ledger alone. */
#ifndef DOMAIN_DEBTS_H
#define DOMAIN_DEBTS_H

#include "domain/bookings.h"

struct debt {
    int64_t id, at, booking_id;
    struct cents amount, paid;
    int64_t payer; /* the booking whose transfer paid all of it; 0: none, or several */
    const char *timezone, *title; /* of the booking */
};

/* Those of a booking, the newest first. */
enum { DEBTS_MAX = 50 };
enum result debts_of_booking(
    struct ctx *c, const struct booking *b, struct debt **out, size_t *n);

/* The acting host's below BEFORE_ID (0: from the newest), likewise. */
enum result debts_page(
    struct ctx *c, int64_t before_id, size_t max, struct debt **out, size_t *n);

#endif
