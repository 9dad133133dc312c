/* What is taken: one row for each slot of a space (slots.h). The rows' unique key
 * is what makes a double booking impossible; nothing looks first and inserts
 * afterwards. */
#ifndef DOMAIN_CELLS_H
#define DOMAIN_CELLS_H

#include "domain/slots.h"

/* Takes SLOTS for a booking: a station's own, or with WHOLE those of the whole
 * kitchen and of all its stations. R_CONFLICT: somebody has one of them; nothing
 * was taken then. Needs an open transaction. */
enum result cells_take(struct ctx *c, int64_t booking_id, int64_t kitchen_id,
    int64_t space_id, bool whole, struct slots slots);

/* Gives back all of a booking's. Needs an open transaction. */
enum result cells_release(struct ctx *c, int64_t booking_id);

/* The bookings, up to MAX, that have a cell which such a booking would take. */
enum result cells_in_the_way(struct ctx *c, int64_t kitchen_id, int64_t space_id,
    bool whole, struct slots slots, size_t max, int64_t **booking_ids, size_t *n);

#endif
