#include "web/times.h"

#include "util/guard.h"
#include "util/text.h"

enum { DAY_MIN = 1440 };

const char *const times_folds[] = { "0", "1", NULL };

bool times_is_field(const char *name)
{
    static const char *const names[] = { "date", "start", "end", "start_fold",
        "end_fold", "end_date" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is(names[i], name))
            return true;
    return false;
}

/* ---- reading ---- */

static struct civil wall(const struct civil *day, int minutes)
{
    struct civil t = civil_add_days(day, minutes / DAY_MIN);
    t.hour = minutes % DAY_MIN / 60;
    t.minute = minutes % 60;
    return t;
}

/* Of the two instants that clocks show alike the second one, if FOLD says so or the
 * first is not after AFTER_AT. */
static bool instant(struct form *f, const struct zone *z, const char *field,
    const char *fold, const struct civil *day, int64_t after_at, int64_t *at)
{
    int64_t first, second;
    struct civil t = wall(day, form_minutes(f, field));
    if (zone_at(z, &t, &first, &second) > 0) {
        bool later = text_is(form_text(f, fold), "1") || first <= after_at;
        *at = later ? second : first;
        return true;
    }
    form_set_error(f, field,
        "The clocks are put forward on that day and skip this time. Choose another "
        "one.");
    return false;
}

/* The date of the end by the two times alone; false if they are the same. */
static bool usual_end(
    const struct civil *date, int start_min, int end_min, struct civil *out)
{
    *out = civil_add_days(date, end_min < start_min);
    return end_min != start_min;
}

static bool end_day(struct form *f, struct civil *out)
{
    struct civil date = form_date(f, "date");
    if (form_has(f, "end_date")) {
        *out = form_date(f, "end_date");
        return true;
    }
    if (usual_end(&date, form_minutes(f, "start"), form_minutes(f, "end"), out))
        return true;
    form_set_error(f, "end",
        "This is the same as the start. Choose a later end or, for a whole day, say "
        "the "
        "day that it ends on, too.");
    return false;
}

bool times_of_form(
    struct form *f, const struct zone *z, int64_t *start_at, int64_t *end_at)
{
    struct civil date = form_date(f, "date"), last;
    if (!form_has(f, "date") || !form_has(f, "start") || !form_has(f, "end"))
        return false;
    bool starts = instant(f, z, "start", "start_fold", &date, INT64_MIN, start_at);
    if (!end_day(f, &last) || !starts ||
        !instant(f, z, "end", "end_fold", &last, *start_at, end_at))
        return false;
    if (*end_at > *start_at)
        return true;
    form_set_error(f, "end", "The end has to be after the start.");
    return false;
}

static bool twice(const struct form *f, const struct zone *z, const char *field,
    const struct civil *day, int64_t *first, int64_t *second)
{
    struct civil t = wall(day, form_minutes(f, field));
    return form_has(f, "date") && form_has(f, field) &&
           zone_at(z, &t, first, second) == 2;
}

bool times_start_twice(
    const struct form *f, const struct zone *z, int64_t *first, int64_t *second)
{
    struct civil date = form_date(f, "date");
    return twice(f, z, "start", &date, first, second);
}

bool times_end_twice(
    const struct form *f, const struct zone *z, int64_t *first, int64_t *second)
{
    struct civil date = form_date(f, "date"), last;
    bool clear =
        usual_end(&date, form_minutes(f, "start"), form_minutes(f, "end"), &last);
    if (form_has(f, "end_date"))
        last = form_date(f, "end_date");
    return (clear || form_has(f, "end_date")) &&
           twice(f, z, "end", &last, first, second);
}

/* ---- writing ---- */

static bool is_second(const struct zone *z, const struct civil *t, int64_t at)
{
    int64_t first, second;
    return zone_at(z, t, &first, &second) == 2 && at == second;
}

/* Would the two times alone put the end on another date? */
static bool end_date_counts(const struct civil *start, const struct civil *end)
{
    struct civil last;
    bool clear = usual_end(
        start, start->hour * 60 + start->minute, end->hour * 60 + end->minute, &last);
    return !clear || civil_days_between(&last, end) != 0;
}

const char *times_query(
    struct arena *a, const struct zone *z, int64_t start_at, int64_t end_at)
{
    struct civil start, end;
    zone_civil(z, start_at, &start);
    zone_civil(z, end_at, &end);
    bool dated = end_date_counts(&start, &end);
    return arena_join(a, "date=", civil_format_iso(a, &start),
        "&start=", civil_format_time(a, &start), "&end=", civil_format_time(a, &end),
        is_second(z, &start, start_at) ? "&start_fold=1" : "",
        is_second(z, &end, end_at) ? "&end_fold=1" : "", dated ? "&end_date=" : "",
        dated ? civil_format_iso(a, &end) : "", NULL);
}

const char *times_on(struct arena *a, const struct form *f, const struct civil *date)
{
    const char *query = arena_join(a, "date=", civil_format_iso(a, date),
        "&start=", form_raw(f, "start"), "&end=", form_raw(f, "end"), NULL);
    if (!form_has(f, "end_date"))
        return query;
    struct civil was = form_date(f, "date"), last = form_date(f, "end_date");
    last = civil_add_days(date, (int)civil_days_between(&was, &last));
    return arena_join(a, query, "&end_date=", civil_format_iso(a, &last), NULL);
}

const char *times_label(
    struct arena *a, const struct zone *z, int64_t start_at, int64_t end_at)
{
    struct civil start, end;
    zone_civil(z, start_at, &start);
    zone_civil(z, end_at, &end);
    bool dated = end_date_counts(&start, &end) && civil_days_between(&start, &end) != 0;
    return arena_join(a, zone_format_date(a, z, start_at), ", ",
        zone_format_clock(a, z, start_at), " to ",
        dated ? zone_format_date(a, z, end_at) : "", dated ? ", " : "",
        zone_format_clock(a, z, end_at), NULL);
}
