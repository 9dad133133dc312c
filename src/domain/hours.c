#include "domain/hours.h"

#include <string.h>

#include "util/guard.h"

enum { WEEK_SLOTS = 7 * DAY_SLOTS, DAY_S = 86400, DAY_MIN = 1440 };

void hours_compile(
    const struct weekly_window *windows, size_t n, unsigned char out[WEEK_BYTES])
{
    memset(out, 0, WEEK_BYTES);
    for (size_t i = 0; i < n; i++) {
        const struct weekly_window *w = &windows[i];
        for (int64_t minute = w->start_min; minute < w->end_min; minute += SLOT_MIN) {
            int64_t bit = (w->weekday * DAY_SLOTS + minute / SLOT_MIN) % WEEK_SLOTS;
            out[bit / 8] |= (unsigned char)(1U << (bit % 8));
        }
    }
}

struct slots hours_day(const struct zone *z, int64_t day)
{
    struct civil c = civil_of_days(day);
    return (struct slots) {
        slot_of(zone_day_start(z, c.year, c.month, c.day)),
        slot_of(zone_day_start(z, c.year, c.month, c.day + 1)),
    };
}

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static int64_t wall_at(const struct zone *z, int64_t at)
{
    return at + zone_offset_s(z, at);
}

int64_t hours_date(const struct zone *z, int64_t at)
{
    return floor_div(wall_at(z, at), DAY_S);
}

int64_t hours_at(const struct zone *z, int64_t day, int64_t minute)
{
    int64_t first_at, second_at;
    struct civil wall = civil_of_seconds(day * DAY_S + minute * 60);
    zone_at(z, &wall, &first_at, &second_at);
    return first_at;
}

/* ---- slates ---------------------------------------------------------------------- */

static bool covers(const struct hours_exception *e, int64_t day, int64_t minute)
{
    minute += (day - e->day) * DAY_MIN;
    return minute >= e->start_min && minute < e->end_min;
}

/* Where the week's bits hold MINUTE of the date DAY. */
static int64_t bit_of(int64_t day, int64_t minute)
{
    int64_t weekday = (day + 4) % 7; /* the first day of 1970 was a Thursday */
    return weekday * DAY_SLOTS + minute / SLOT_MIN;
}

/* BIT is bit_of DAY and MINUTE. */
static bool is_open(const struct hours *h, int64_t day, int64_t minute, int64_t bit)
{
    for (size_t i = 0; i < h->exceptions_n; i++)
        if (covers(&h->exceptions[i], day, minute))
            return h->exceptions[i].opens;
    return h->week != NULL && (h->week[bit / 8] >> (bit % 8) & 1) != 0;
}

/* The end of a run of slots from FIRST within which the clock does not change: up
 * to a day, or one slot in a day with a change. */
static int64_t steady_until(const struct zone *z, int64_t first, int64_t end)
{
    if (end > first + DAY_SLOTS)
        end = first + DAY_SLOTS;
    if (zone_offset_s(z, slot_at(first)) == zone_offset_s(z, slot_at(end - 1)))
        return end;
    return first + 1;
}

struct slate hours_slate(struct arena *a, const struct hours *h, struct slots slots)
{
    CHECK(slots.first < slots.end);
    struct slate s = { slots, arena_alloc(a, (size_t)(slots.end - slots.first)) };
    for (int64_t slot = slots.first; slot < slots.end;) {
        int64_t until = steady_until(h->zone, slot, slots.end);
        int64_t wall_s = wall_at(h->zone, slot_at(slot));
        int64_t day = wall_s / DAY_S, minute = wall_s % DAY_S / 60;
        int64_t bit = bit_of(day, minute);
        for (; slot < until; slot++) {
            if (is_open(h, day, minute, bit))
                s.flags[slot - slots.first] |= SLATE_OPEN;
            bit = bit + 1 < WEEK_SLOTS ? bit + 1 : 0;
            minute += SLOT_MIN;
            if (minute >= DAY_MIN) {
                minute -= DAY_MIN;
                day++;
            }
        }
    }
    return s;
}

void hours_take(struct slate *s, int64_t slot)
{
    if (slot >= s->slots.first && slot < s->slots.end)
        s->flags[slot - s->slots.first] |= SLATE_TAKEN;
}

void hours_take_all(struct slate *s, struct slots slots)
{
    int64_t end = slots.end < s->slots.end ? slots.end : s->slots.end;
    int64_t slot = slots.first > s->slots.first ? slots.first : s->slots.first;
    for (; slot < end; slot++)
        s->flags[slot - s->slots.first] |= SLATE_TAKEN;
}

static unsigned char flags_at(const struct slate *s, int64_t slot)
{
    return slot >= s->slots.first && slot < s->slots.end
               ? s->flags[slot - s->slots.first]
               : 0;
}

/* As hours_fit; *BAD is the slot that speaks against it, the last one found. */
static enum fit fit(const struct slate *s, const struct hours *h, int64_t first,
    int64_t length, int64_t *bad)
{
    int64_t end = first + length;
    for (int64_t slot = end - 1; slot >= first; slot--) {
        *bad = slot;
        if ((flags_at(s, slot) & SLATE_OPEN) == 0)
            return FIT_CLOSED;
    }
    int64_t from = first - slots_of_min(h->buffer_before_min);
    for (int64_t slot = end + slots_of_min(h->buffer_after_min) - 1; slot >= from;
         slot--) {
        *bad = slot;
        if ((flags_at(s, slot) & SLATE_TAKEN) != 0)
            return FIT_TAKEN;
    }
    return FITS;
}

enum fit hours_fit(
    const struct slate *s, const struct hours *h, int64_t first, int64_t length)
{
    int64_t bad;
    return fit(s, h, first, length, &bad);
}

bool hours_is_start(const struct hours *h, int64_t slot)
{
    int64_t minute = wall_at(h->zone, slot_at(slot)) % DAY_S / 60;
    return minute % (h->step_min < SLOT_MIN ? SLOT_MIN : h->step_min) == 0;
}

int64_t hours_next_start(
    const struct slate *s, const struct hours *h, struct slots among, int64_t length)
{
    int64_t before = slots_of_min(h->buffer_before_min), bad;
    for (int64_t slot = among.first; slot < among.end; slot++) {
        if (!hours_is_start(h, slot))
            continue;
        enum fit f = fit(s, h, slot, length, &bad);
        if (f == FITS)
            return slot;
        /* Whatever is in the way has to lie before the start that works. */
        int64_t next = f == FIT_TAKEN ? bad + before : bad;
        if (next > slot)
            slot = next;
    }
    return -1;
}

struct slots hours_reach(const struct hours *h, struct slots among, int64_t length)
{
    return (struct slots) {
        among.first - slots_of_min(h->buffer_before_min),
        among.end + length + slots_of_min(h->buffer_after_min),
    };
}
