#include "domain/availability.h"

#include <stdlib.h>

#include "util/guard.h"

enum { DAY_S = 86400, ALTERNATIVE_DAYS = 15, SAME_DAY_MAX = 3 };
enum { CALENDAR_FROM = 10957 }; /* 2000-01-01; slots count from 1970 */

#define TAKEN_CODE "PC-AVAIL-409"

/* The rules of K for local dates FROM_DAY to before TO_DAY; a day more on either
 * side, since hours run past midnight. */
static enum result load_hours(struct ctx *c, const struct kitchen *k, int64_t from_day,
    int64_t to_day, struct hours *out)
{
    struct hours_exception *exceptions;
    *out = (struct hours) {
        .zone = zone_find(k->timezone),
        .week = k->week_bytes == WEEK_BYTES ? k->week : NULL,
        .step_min = k->step_min,
        .buffer_before_min = k->buffer_before_min,
        .buffer_after_min = k->buffer_after_min,
    };
    if (out->zone == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    TRY(availability_exceptions(
        c, k->id, from_day - 2, to_day + 3, &exceptions, &out->exceptions_n));
    out->exceptions = exceptions;
    return OK;
}

/* The slate in which starts within AMONG can be judged, for bookings of LENGTH. */
static enum result load_slate(struct ctx *c, const struct kitchen *k,
    const struct space *space, const struct hours *h, struct slots among,
    int64_t length, struct slate *out)
{
    *out = hours_slate(c->arena, h, hours_reach(h, among, length));
    struct query *q = db_query(c->db, Q_AVAILABILITY_CELLS);
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "space_id", space->id);
    bind_int(q, "whole", space->whole);
    bind_int(q, "first", out->slots.first);
    bind_int(q, "end", out->slots.end);
    enum result r;
    for (QUERY_EACH(q, r))
        hours_take(out, col_int(q, "slot"));
    return query_end(r);
}

/* ---- one wish -------------------------------------------------------------------- */

static const char *in_words(struct ctx *c, int64_t minutes)
{
    if (minutes % 60 == 0)
        return ctx_printf(
            c, "%lld hour%s", (long long)(minutes / 60), minutes == 60 ? "" : "s");
    return ctx_printf(c, "%lld minutes", (long long)minutes);
}

static enum result check_length(
    struct ctx *c, const struct kitchen *k, int64_t length_min)
{
    if (length_min < k->min_min)
        return fail(c, R_INVALID,
            "This kitchen is booked for at least %s. Choose a later end.",
            in_words(c, k->min_min));
    if (length_min > k->max_min)
        return fail(c, R_INVALID,
            "This kitchen is booked for at most %s. Choose an earlier end.",
            in_words(c, k->max_min));
    if (length_min % k->step_min != 0)
        return fail(
            c, R_INVALID, "Choose a length in steps of %s.", in_words(c, k->step_min));
    return OK;
}

/* The starts that notice and horizon allow. */
static struct slots bookable_slots(const struct ctx *c, const struct kitchen *k)
{
    if (!k->bookable)
        return (struct slots) { 0, 0 };
    return (struct slots) {
        slot_of(c->now_at + k->notice_min * 60 + SLOT_S - 1),
        slot_of(c->now_at + c->conf->max_days_ahead * DAY_S) + 1,
    };
}

static struct slots both(struct slots a, struct slots b)
{
    struct slots s = {
        a.first > b.first ? a.first : b.first,
        a.end < b.end ? a.end : b.end,
    };
    return s;
}

static enum result check_start(
    struct ctx *c, const struct kitchen *k, const struct hours *h, int64_t start_at)
{
    struct slots allowed = bookable_slots(c, k);
    if (start_at <= c->now_at)
        return fail(c, R_INVALID, "That time has passed. Choose a later start.");
    if (slot_of(start_at + SLOT_S - 1) < allowed.first)
        return fail(c, R_INVALID,
            "This kitchen wants %s' notice. Choose a start after %s.",
            in_words(c, k->notice_min),
            zone_format(c->arena, h->zone, slot_at(allowed.first)));
    if (slot_of(start_at) >= allowed.end)
        return fail(c, R_INVALID, "Kitchens are booked at most %lld days ahead.",
            (long long)c->conf->max_days_ahead);
    if (start_at % SLOT_S != 0 || !hours_is_start(h, slot_of(start_at)))
        return fail(c, R_INVALID, "Start at a full step of %s after midnight.",
            in_words(c, k->step_min));
    return OK;
}

enum result availability_check(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at)
{
    if (!k->bookable)
        return fail_code(c, R_CONFLICT, TAKEN_CODE,
            "This kitchen takes no bookings at the moment. Look for another one "
            "nearby.");
    if (start_at < 0 || end_at <= start_at || (end_at - start_at) % 60 != 0)
        return fail(c, R_INVALID, "The end has to be after the start.");
    struct hours h;
    struct slate slate;
    TRY(check_length(c, k, (end_at - start_at) / 60));
    const struct zone *z = zone_find(k->timezone);
    if (z == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    TRY(load_hours(c, k, hours_date(z, start_at), hours_date(z, end_at) + 1, &h));
    TRY(check_start(c, k, &h, start_at));
    int64_t first = slot_of(start_at), length = slots_of_min((end_at - start_at) / 60);
    TRY(load_slate(
        c, k, space, &h, (struct slots) { first, first + 1 }, length, &slate));
    switch (hours_fit(&slate, &h, first, length)) {
    case FITS:
        return OK;
    case FIT_CLOSED:
        return fail_code(c, R_CONFLICT, TAKEN_CODE,
            "The kitchen is not open for all of that time. Choose one of the free "
            "times.");
    case FIT_TAKEN:
        break;
    }
    return fail_code(
        c, R_CONFLICT, TAKEN_CODE, "That time is taken. Choose one of the free times.");
}

/* ---- calendars ------------------------------------------------------------------- */

static enum piece_kind kind_of(unsigned char flags)
{
    if ((flags & SLATE_TAKEN) != 0)
        return PIECE_TAKEN;
    return (flags & SLATE_OPEN) != 0 ? PIECE_OPEN : PIECE_CLOSED;
}

static void cut_pieces(struct ctx *c, const struct slate *s, struct slots day,
    struct availability_day *out)
{
    size_t max = (size_t)(day.end - day.first);
    out->pieces = arena_array(c->arena, max, sizeof *out->pieces);
    for (int64_t slot = day.first; slot < day.end; slot++) {
        enum piece_kind kind = kind_of(s->flags[slot - s->slots.first]);
        struct day_piece *last = &out->pieces[out->pieces_n - (out->pieces_n > 0)];
        if (out->pieces_n > 0 && last->kind == kind)
            last->to_at = slot_at(slot + 1);
        else
            out->pieces[out->pieces_n++] =
                (struct day_piece) { kind, slot_at(slot), slot_at(slot + 1) };
    }
}

static void list_starts(struct ctx *c, const struct slate *s, const struct hours *h,
    struct slots among, int64_t length, struct availability_day *out)
{
    size_t max = among.first < among.end ? (size_t)(among.end - among.first) : 0;
    out->starts = arena_array(c->arena, max, sizeof *out->starts);
    for (int64_t slot = among.first; slot < among.end; slot++) {
        enum fit fit =
            hours_is_start(h, slot) ? hours_fit(s, h, slot, length) : FIT_CLOSED;
        if (fit != FIT_CLOSED)
            out->starts[out->starts_n++] =
                (struct day_start) { slot_at(slot), fit == FITS };
    }
}

enum result availability_day(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t day, int64_t length_min,
    struct availability_day *out)
{
    struct hours h;
    struct slate slate;
    if (length_min == 0)
        length_min = k->min_min;
    TRY(check_length(c, k, length_min));
    TRY(load_hours(c, k, day, day + 1, &h));
    int64_t length = slots_of_min(length_min);
    struct slots whole_day = hours_day(h.zone, day);
    *out = (struct availability_day) { day, slot_at(whole_day.first),
        slot_at(whole_day.end), NULL, 0, NULL, 0 };
    if (day < CALENDAR_FROM || whole_day.first >= whole_day.end)
        return fail(c, R_INVALID, "There is no such date where this kitchen stands.");
    TRY(load_slate(c, k, space, &h, whole_day, length, &slate));
    cut_pieces(c, &slate, whole_day, out);
    list_starts(c, &slate, &h, both(whole_day, bookable_slots(c, k)), length, out);
    return OK;
}

static bool any_open(const struct slate *s, struct slots day)
{
    for (int64_t slot = day.first; slot < day.end; slot++)
        if ((s->flags[slot - s->slots.first] & SLATE_OPEN) != 0)
            return true;
    return false;
}

static int count_starts(
    const struct slate *s, const struct hours *h, struct slots among, int64_t length)
{
    int n = 0;
    for (int64_t slot; among.first < among.end; among.first = slot + 1, n++) {
        slot = hours_next_start(s, h, among, length);
        if (slot < 0)
            break;
    }
    return n;
}

enum result availability_month(struct ctx *c, const struct kitchen *k,
    const struct space *space, int year, int month, int64_t length_min,
    struct availability_month *out)
{
    struct hours h;
    struct slate slate;
    if (year < 2000 || year > 2100 || month < 1 || month > 12)
        return fail(c, R_INVALID, "There is no calendar for that month.");
    if (length_min == 0)
        length_min = k->min_min;
    TRY(check_length(c, k, length_min));
    *out = (struct availability_month) {
        .first_day = civil_days(year, month, 1),
        .days = civil_month_days(year, month),
    };
    TRY(load_hours(c, k, out->first_day, out->first_day + out->days, &h));
    int64_t length = slots_of_min(length_min);
    struct slots all = { hours_day(h.zone, out->first_day).first,
        hours_day(h.zone, out->first_day + out->days - 1).end };
    TRY(load_slate(c, k, space, &h, all, length, &slate));
    for (int i = 0; i < out->days; i++) {
        struct slots day = hours_day(h.zone, out->first_day + i);
        out->open[i] = any_open(&slate, day);
        out->starts[i] =
            count_starts(&slate, &h, both(day, bookable_slots(c, k)), length);
    }
    return OK;
}

/* ---- what is free instead -------------------------------------------------------- */

struct near {
    int64_t slot, distance;
};

static int nearest_first(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

/* Every free start within AMONG, those nearest to WANTED first; returns how many. */
static size_t free_starts(const struct slate *s, const struct hours *h,
    struct slots among, int64_t length, int64_t wanted, struct near *out)
{
    size_t n = 0;
    while (among.first < among.end) {
        int64_t slot = hours_next_start(s, h, among, length);
        if (slot < 0)
            break;
        out[n++] =
            (struct near) { slot, slot > wanted ? slot - wanted : wanted - slot };
        among.first = slot + 1;
    }
    qsort(out, n, sizeof *out, nearest_first);
    return n;
}

static int in_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

enum result availability_alternatives(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at,
    int64_t starts[ALTERNATIVES_MAX], size_t *n)
{
    struct hours h;
    struct slate slate;
    *n = 0;
    TRY(check_length(c, k, (end_at - start_at) / 60));
    const struct zone *z = zone_find(k->timezone);
    if (z == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    int64_t day = hours_date(z, start_at),
            length = slots_of_min((end_at - start_at) / 60);
    TRY(load_hours(c, k, day, day + ALTERNATIVE_DAYS, &h));
    struct slots all = { hours_day(z, day).first,
        hours_day(z, day + ALTERNATIVE_DAYS - 1).end };
    TRY(load_slate(c, k, space, &h, all, length, &slate));
    struct near *near = arena_array(c->arena, 2 * DAY_SLOTS, sizeof *near);
    for (int i = 0; i < ALTERNATIVE_DAYS && *n < ALTERNATIVES_MAX; i++) {
        struct slots of_day = hours_day(z, day + i);
        int64_t wanted = slot_of(start_at) + of_day.first - all.first;
        size_t found = free_starts(
            &slate, &h, both(of_day, bookable_slots(c, k)), length, wanted, near);
        size_t most = i == 0 ? SAME_DAY_MAX : 1;
        for (size_t j = 0; j < found && j < most && *n < ALTERNATIVES_MAX; j++)
            starts[(*n)++] = slot_at(near[j].slot);
    }
    qsort(starts, *n, sizeof *starts, in_time);
    return OK;
}
