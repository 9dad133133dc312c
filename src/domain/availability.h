/* When a space can be booked: opening hours, what is taken, and the kitchen's
 * limits together; and the host's side, the weekly windows and exceptions. */
#ifndef DOMAIN_AVAILABILITY_H
#define DOMAIN_AVAILABILITY_H

#include "domain/hours.h"

/* OK if SPACE of K can be booked from START_AT to END_AT now. R_INVALID: the
 * times break a rule (whole steps, minimum, maximum, notice, too far ahead, past).
 * R_CONFLICT with code PC-AVAIL-409: closed then, or taken, or the kitchen takes
 * no bookings. The sentence says which. It is a courtesy, not a promise: only the
 * insert of the cells decides. */
enum result availability_check(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at);

/* One piece of a day: all open, all closed or all taken. */
enum piece_kind { PIECE_CLOSED, PIECE_OPEN, PIECE_TAKEN };
struct day_piece {
    enum piece_kind kind;
    int64_t from_at, to_at;
};

/* A start within opening hours, notice and horizon; not free: somebody was first. */
struct day_start {
    int64_t start_at;
    bool free;
};

struct availability_day {
    int64_t day, from_at, to_at; /* the local date and its two midnights */
    struct day_piece *pieces;    /* in order, without gaps */
    size_t pieces_n;
    struct day_start *starts; /* where a booking of the asked length may start */
    size_t starts_n;
};

/* The local date DAY (days since 1970-01-01) of SPACE, for bookings of
 * LENGTH_MIN minutes (0: the kitchen's shortest). */
enum result availability_day(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t day, int64_t length_min,
    struct availability_day *out);

/* A month: for each day whether it has opening hours at all, and how many free
 * starts for a booking of LENGTH_MIN minutes (0: the kitchen's shortest). */
struct availability_month {
    int64_t first_day; /* days since 1970-01-01 */
    int days;
    bool open[31];
    int starts[31];
};
enum result availability_month(struct ctx *c, const struct kitchen *k,
    const struct space *space, int year, int month, int64_t length_min,
    struct availability_month *out);

/* Up to 5 free starts for the same length: the three nearest to START_AT on its
 * own local day, then the nearest one of each later day, within 14 days; in order
 * of time. For the page that says a time is gone. */
enum { ALTERNATIVES_MAX = 5 };
enum result availability_alternatives(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at,
    int64_t starts[ALTERNATIVES_MAX], size_t *n);

/* ---- the host's side --------------------------------------------------------------
 */

/* The weekly windows in order. */
enum result availability_week(
    struct ctx *c, int64_t kitchen_id, struct weekly_window **out, size_t *n);

/* Replaces them (own transaction, audited). R_INVALID if one is malformed (quarter
 * hours, end after start, at most 24 hours long) or two overlap; at most 42. */
enum { WINDOWS_MAX = 42 };
enum result availability_set_week(
    struct ctx *c, int64_t kitchen_id, const struct weekly_window *windows, size_t n);

/* Exceptions of local dates FROM_DAY to before TO_DAY in order, at most 400. */
enum result availability_exceptions(struct ctx *c, int64_t kitchen_id, int64_t from_day,
    int64_t to_day, struct hours_exception **out, size_t *n);

/* Adds one (own transaction, audited). R_INVALID if it is malformed, in the past
 * or further ahead than can be booked; R_CONFLICT if it overlaps another one, so
 * that the order of adding never matters. Bookings that exist already stay. */
enum result availability_add_exception(
    struct ctx *c, int64_t kitchen_id, const struct hours_exception *e);
enum result availability_remove_exception(
    struct ctx *c, int64_t kitchen_id, int64_t day, int64_t start_min);

/* A station that is new in a kitchen takes over the cells of the live bookings
 * of the whole kitchen. Call it in the transaction that inserts the station. */
enum result availability_station_added(
    struct ctx *c, int64_t kitchen_id, int64_t space_id);

#endif
