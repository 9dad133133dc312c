/* Holds in tests: each step is a unit of work of its own, left open so that the
 * test can look at what was said. */
#ifndef SUPPORT_HOLDS_H
#define SUPPORT_HOLDS_H

#include "domain/bookings.h"
#include "support/db.h"

/* A minute of 26 November 2026 in Chicago; three days after TEST_NOW_AT. */
int64_t thursday(int64_t minute);

/* A request for one person with a key of its own. */
struct hold_request holds_request(struct ctx *c, int64_t kitchen_id, int64_t space_id,
    int64_t start_at, int64_t end_at);

/* Holds as USER; *ID is the booking, or 0. */
enum result holds_try(struct db_test *t, int64_t user, int64_t kitchen_id,
    int64_t space_id, int64_t start_at, int64_t end_at, int64_t *id);

/* Moves a booking as USER (0: the system); confirms it; ends it if it is overdue. */
enum result holds_move(
    struct db_test *t, int64_t user, int64_t id, enum booking_state to);
enum result holds_confirm(struct db_test *t, int64_t id);
enum result holds_expire(struct db_test *t, int64_t id);

enum booking_state holds_state(struct db_test *t, int64_t id);

/* All cells; and the bookings whose cells are not exactly what their state says. */
int64_t holds_cells(struct db_test *t);
int64_t holds_wrong_cells(struct db_test *t);

#endif
