/* A host's bookings in time, over all kitchens: the calendar. */
#ifndef DOMAIN_AGENDA_H
#define DOMAIN_AGENDA_H

#include "domain/bookings.h"

struct agenda_row {
    int64_t booking_id, start_at, end_at;
    enum booking_state state;
    struct cents
        host; /* what the host gets: as things stand in agenda_all, else of the bill */
    const char *timezone, *title, *space, *vendor;
};

/* The acting host's live or finished bookings that start in FROM_AT to before TO_AT,
 * in order, at most MAX. */
enum result agenda_between(struct ctx *c, int64_t from_at, int64_t to_at, size_t max,
    struct agenda_row **out, size_t *n);

/* What bookings come to as things stand, refunds and lost disputes off: for their hosts
 * what they get, else what their vendors pay. AMOUNT comes as the bill's, which counts
 * while nothing is charged; what ended before that comes to nothing. */
struct agenda_sum {
    int64_t booking_id;
    enum booking_state state;
    struct cents amount;
};
enum result agenda_sums(struct ctx *c, bool as_host, struct agenda_sum *rows, size_t n);

/* For staff: all bookings with an id below BEFORE_ID (0: from the newest), the newest
 * first. */
enum result agenda_all(
    struct ctx *c, int64_t before_id, size_t max, struct agenda_row **out, size_t *n);

#endif
