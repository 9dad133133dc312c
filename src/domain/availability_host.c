/* The host's side of availability.h. */
#include "domain/audit.h"
#include "domain/availability.h"
#include "util/text.h"

enum { DAY_MIN = 1440, A_DAY_MAX = 12, EXCEPTIONS_MAX = 400, NOTE_MAX_BYTES = 200 };

enum result availability_week(
    struct ctx *c, int64_t kitchen_id, struct weekly_window **out, size_t *n)
{
    struct weekly_window *rows = arena_array(c->arena, WINDOWS_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_AVAILABILITY_WINDOWS);
    bind_int(q, "kitchen_id", kitchen_id);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        if (*n < WINDOWS_MAX)
            rows[(*n)++] = (struct weekly_window) {
                .weekday = col_int(q, "weekday"),
                .start_min = col_int(q, "start_min"),
                .end_min = col_int(q, "end_min"),
            };
    *out = rows;
    return query_end(r);
}

/* A span within a day that may end the next one. */
static bool span_ok(int64_t start_min, int64_t end_min)
{
    return start_min >= 0 && start_min < DAY_MIN && start_min % SLOT_MIN == 0 &&
           end_min > start_min && end_min - start_min <= DAY_MIN &&
           end_min % SLOT_MIN == 0;
}

static enum result compile(struct ctx *c, const struct weekly_window *windows, size_t n,
    unsigned char bits[WEEK_BYTES])
{
    int64_t asked = 0, open = 0;
    if (n > WINDOWS_MAX)
        return fail(c, R_INVALID, "A week has at most %d windows.", WINDOWS_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct weekly_window *w = &windows[i];
        if (w->weekday < 0 || w->weekday > 6 || !span_ok(w->start_min, w->end_min))
            return fail(c, R_INVALID,
                "A window starts and ends on a quarter hour and is at most 24 hours "
                "long.");
        asked += (w->end_min - w->start_min) / SLOT_MIN;
    }
    hours_compile(windows, n, bits);
    for (size_t i = 0; i < WEEK_BYTES; i++)
        open += __builtin_popcount(bits[i]);
    if (asked != open)
        return fail(c, R_INVALID, "Two of the windows overlap. Make them one.");
    return OK;
}

static enum result write_week(struct ctx *c, int64_t kitchen_id,
    const struct weekly_window *windows, size_t n, const unsigned char bits[WEEK_BYTES])
{
    struct query *q = db_query(c->db, Q_AVAILABILITY_CLEAR_WEEK);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_run(q));
    for (size_t i = 0; i < n; i++) {
        q = db_query(c->db, Q_AVAILABILITY_ADD_WINDOW);
        bind_int(q, "kitchen_id", kitchen_id);
        bind_int(q, "weekday", windows[i].weekday);
        bind_int(q, "start_min", windows[i].start_min);
        bind_int(q, "end_min", windows[i].end_min);
        TRY(query_run(q));
    }
    q = db_query(c->db, Q_AVAILABILITY_COMPILED);
    bind_blob(q, "week", bits, WEEK_BYTES);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "kitchen_id", kitchen_id);
    return query_run_one(q);
}

enum result availability_set_week(
    struct ctx *c, int64_t kitchen_id, const struct weekly_window *windows, size_t n)
{
    struct kitchen k;
    unsigned char *bits = ctx_alloc(c, WEEK_BYTES);
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(compile(c, windows, n, bits));
    TRY(db_begin(c->db));
    TRY(write_week(c, kitchen_id, windows, n, bits));
    TRY(audit_add(c, "kitchen.set_week", "kitchen", kitchen_id,
        ctx_printf(c, "%zu weekly windows", n)));
    return db_commit(c->db);
}

/* ---- exceptions ------------------------------------------------------------------ */

enum result availability_exceptions(struct ctx *c, int64_t kitchen_id, int64_t from_day,
    int64_t to_day, struct hours_exception **out, size_t *n)
{
    struct hours_exception *rows = arena_array(c->arena, EXCEPTIONS_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_AVAILABILITY_EXCEPTIONS);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "from_day", from_day);
    bind_int(q, "to_day", to_day);
    bind_int(q, "max", EXCEPTIONS_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct hours_exception) {
            .day = col_int(q, "day"),
            .start_min = col_int(q, "start_min"),
            .end_min = col_int(q, "end_min"),
            .opens = col_int(q, "opens") != 0,
            .note = col_text(q, "note"),
        };
    *out = rows;
    return query_end(r);
}

static enum result check_exception(
    struct ctx *c, const struct kitchen *k, const struct hours_exception *e)
{
    const struct zone *z = zone_find(k->timezone);
    if (z == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    int64_t today = hours_date(z, c->now_at);
    if (!span_ok(e->start_min, e->end_min))
        return fail(c, R_INVALID,
            "An exception starts and ends on a quarter hour and is at most 24 hours "
            "long.");
    if (e->day < today || e->day > today + c->conf->max_days_ahead + 1)
        return fail(c, R_INVALID, "Choose a date from today to %lld days ahead.",
            (long long)c->conf->max_days_ahead);
    if (e->note == NULL || !text_utf8_ok(e->note, __builtin_strlen(e->note)) ||
        __builtin_strlen(e->note) > NOTE_MAX_BYTES)
        return fail(c, R_INVALID, "The note is too long.");
    return OK;
}

/* In the transaction of the insert, so that two at once cannot slip past. */
static enum result check_overlap(
    struct ctx *c, int64_t kitchen_id, const struct hours_exception *e)
{
    struct hours_exception *others;
    size_t n, same_day = 0;
    TRY(availability_exceptions(c, kitchen_id, e->day - 1, e->day + 2, &others, &n));
    for (size_t i = 0; i < n; i++) {
        int64_t shift_min = (others[i].day - e->day) * DAY_MIN;
        same_day += shift_min == 0;
        if (others[i].start_min + shift_min < e->end_min &&
            e->start_min < others[i].end_min + shift_min)
            return fail(c, R_CONFLICT,
                "That overlaps another exception. Remove the other one first.");
    }
    if (same_day >= A_DAY_MAX)
        return fail(c, R_INVALID, "One date has at most %d exceptions.", A_DAY_MAX);
    return OK;
}

static const char *in_words(struct ctx *c, const char *verb, int64_t day)
{
    struct civil date = civil_of_days(day);
    return ctx_printf(c, "%s on %s", verb, civil_format_date(c->arena, &date));
}

enum result availability_add_exception(
    struct ctx *c, int64_t kitchen_id, const struct hours_exception *e)
{
    struct kitchen k;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(check_exception(c, &k, e));
    TRY(db_begin(c->db));
    TRY(check_overlap(c, kitchen_id, e));
    struct query *q = db_query(c->db, Q_AVAILABILITY_ADD_EXCEPTION);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "day", e->day);
    bind_int(q, "start_min", e->start_min);
    bind_int(q, "end_min", e->end_min);
    bind_int(q, "opens", e->opens);
    bind_text(q, "note", e->note);
    TRY(query_run(q));
    TRY(audit_add(c, "kitchen.add_exception", "kitchen", kitchen_id,
        in_words(c, e->opens ? "Opens" : "Closes", e->day)));
    return db_commit(c->db);
}

enum result availability_remove_exception(
    struct ctx *c, int64_t kitchen_id, int64_t day, int64_t start_min)
{
    struct kitchen k;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_AVAILABILITY_REMOVE_EXCEPTION);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "day", day);
    bind_int(q, "start_min", start_min);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(
            c, R_NOT_FOUND, "There is no such exception. It may be gone already.");
    TRY(r);
    TRY(audit_add(c, "kitchen.remove_exception", "kitchen", kitchen_id,
        in_words(c, "Back to the weekly hours", day)));
    return db_commit(c->db);
}

enum result availability_station_added(
    struct ctx *c, int64_t kitchen_id, int64_t space_id)
{
    struct query *q = db_query(c->db, Q_AVAILABILITY_STATION_ADDED);
    bind_int(q, "space_id", space_id);
    bind_int(q, "kitchen_id", kitchen_id);
    return query_run(q);
}
