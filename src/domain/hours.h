/* When a kitchen is open, by rules alone (no database). Weekly windows are local
 * wall time and may end the next day; dated exceptions open or close a span of a
 * date and win over the windows. Both are asked for each quarter hour by the wall
 * time at which it begins, so days of 23 and 25 hours come out right: what the
 * clock skips is never open, what it shows twice is open twice. */
#ifndef DOMAIN_HOURS_H
#define DOMAIN_HOURS_H

#include "domain/slots.h"
#include "util/zone.h"

/* A weekly window: weekday 0 is Sunday; end_min past 1440 is the next day. */
struct weekly_window {
    int64_t weekday, start_min, end_min;
};

/* A span of a local date (days since 1970-01-01), end_min as above. */
struct hours_exception {
    int64_t day, start_min, end_min;
    bool opens;
    const char *note;
};

/* Windows as bits, weekday * 96 + quarter hour of the day, low bit first: what
 * kitchens.week holds. A window past midnight runs into the next weekday. */
enum { WEEK_BYTES = 7 * DAY_SLOTS / 8 };
void hours_compile(
    const struct weekly_window *windows, size_t n, unsigned char out[WEEK_BYTES]);

/* What decides when a space can be booked. */
struct hours {
    const struct zone *zone;
    const unsigned char *week; /* WEEK_BYTES, or NULL: never open */
    const struct hours_exception *exceptions;
    size_t exceptions_n;
    int64_t step_min, buffer_before_min, buffer_after_min;
};

/* The slots of the local date DAY (days since 1970-01-01): 96, or 92, 94, 98, 100
 * when the clocks change. */
struct slots hours_day(const struct zone *z, int64_t day);

/* The local date at an instant. */
int64_t hours_date(const struct zone *z, int64_t at);

/* The instant at which clocks show MINUTE of the date DAY: the first one where they
 * show it twice, the end of the gap where they never do. */
int64_t hours_at(const struct zone *z, int64_t day, int64_t minute);

/* A run of slots, each open or not, taken or not. */
enum { SLATE_OPEN = 1, SLATE_TAKEN = 2 };
struct slate {
    struct slots slots;
    unsigned char *flags;
};

/* A slate over SLOTS with the opening hours filled in, nothing taken. */
struct slate hours_slate(struct arena *a, const struct hours *h, struct slots slots);

/* Marks a slot, or a run of them, as taken; slots outside the slate do not matter. */
void hours_take(struct slate *s, int64_t slot);
void hours_take_all(struct slate *s, struct slots slots);

enum fit { FITS, FIT_CLOSED, FIT_TAKEN };

/* Can LENGTH slots from FIRST be booked? They must be open, and free with the
 * buffers round them; buffers may lie outside the opening hours. What lies
 * outside the slate is closed and free. */
enum fit hours_fit(
    const struct slate *s, const struct hours *h, int64_t first, int64_t length);

/* Is a booking allowed to start with this slot? Starts lie every step_min counted
 * from local midnight by the clock on the wall. */
bool hours_is_start(const struct hours *h, int64_t slot);

/* The first slot within AMONG at which LENGTH slots can be booked, or -1. */
int64_t hours_next_start(
    const struct slate *s, const struct hours *h, struct slots among, int64_t length);

/* The slots that a slate must cover so that starts within AMONG can be judged. */
struct slots hours_reach(const struct hours *h, struct slots among, int64_t length);

#endif
