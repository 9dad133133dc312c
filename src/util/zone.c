#include "util/zone.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { NAME_MAX_BYTES = 48, ABBREVIATION_BYTES = 8, WIDEST_OFFSET_S = 26 * 3600 };

static const int64_t table_from_at = 0, table_to_at = 2145916800; /* 2038-01-01 */

/* From from_at until the next interval's from_at. */
struct interval {
    int64_t from_at, to_at;
    int offset_s;
    char abbreviation[ABBREVIATION_BYTES];
};

struct zone {
    struct zone *next;
    char name[NAME_MAX_BYTES];
    size_t count;
    struct interval *intervals;
    const struct interval **recent; /* where the last answer was: the next is near */
};

static struct zone *zones; /* of this process, newest first */

/* ---- making the table ---------------------------------------------------------- */

/* A name of the database's geographical part. GLib would also take offsets,
 * POSIX rules and whatever file a path leads to, right/ (with leap seconds) among
 * them. */
static bool is_name(const char *name)
{
    static const char *const areas[] = { "Africa/", "America/", "Antarctica/",
        "Arctic/", "Asia/", "Atlantic/", "Australia/", "Etc/", "Europe/", "Indian/",
        "Pacific/", "US/" };
    if (name == NULL || strlen(name) >= NAME_MAX_BYTES)
        return false;
    if (text_is(name, "UTC"))
        return true;
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(areas); i++)
        known = known || text_starts(name, areas[i]);
    return known &&
           strspn(name,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/") ==
               strlen(name);
}

static int rule_at(GTimeZone *rules, int64_t at)
{
    return g_time_zone_find_interval(rules, G_TIME_TYPE_UNIVERSAL, at);
}

static void add_interval(struct zone *z, GTimeZone *rules, int64_t from_at)
{
    int rule = rule_at(rules, from_at);
    const char *abbreviation = g_time_zone_get_abbreviation(rules, rule);
    struct interval i = { .from_at = from_at,
        .to_at = INT64_MAX,
        .offset_s = g_time_zone_get_offset(rules, rule) };
    snprintf(i.abbreviation, sizeof i.abbreviation, "%s", abbreviation);
    z->intervals = reallocarray(z->intervals, z->count + 1, sizeof *z->intervals);
    CHECK(z->intervals != NULL);
    if (z->count > 0)
        z->intervals[z->count - 1].to_at = from_at;
    z->intervals[z->count++] = i;
}

/* GLib numbers a zone's intervals in order of time but keeps their ends to
 * itself: halve the time between until each change stands alone. */
static void add_changes(
    struct zone *z, GTimeZone *rules, int64_t low_at, int64_t high_at)
{
    if (rule_at(rules, low_at) == rule_at(rules, high_at))
        return;
    if (high_at - low_at == 1) {
        add_interval(z, rules, high_at);
        return;
    }
    int64_t middle_at = low_at + (high_at - low_at) / 2;
    add_changes(z, rules, low_at, middle_at);
    add_changes(z, rules, middle_at, high_at);
}

static struct zone *load(const char *name)
{
    GTimeZone *rules = g_time_zone_new_identifier(name);
    if (rules == NULL)
        return NULL;
    struct zone *z = calloc(1, sizeof *z);
    CHECK(z != NULL);
    snprintf(z->name, sizeof z->name, "%s", name);
    add_interval(z, rules, table_from_at);
    add_changes(z, rules, table_from_at, table_to_at);
    z->intervals[0].from_at = INT64_MIN;
    g_time_zone_unref(rules);
    z->recent = malloc(sizeof(const struct interval *));
    CHECK(z->recent != NULL);
    *z->recent = z->intervals;
    return z;
}

const struct zone *zone_find(const char *name)
{
    for (const struct zone *z = zones; z != NULL; z = z->next)
        if (text_is(z->name, name))
            return z;
    if (!is_name(name))
        return NULL;
    struct zone *z = load(name);
    if (z != NULL) {
        z->next = zones;
        zones = z;
    }
    return z;
}

/* ---- asking it ------------------------------------------------------------------ */

static const struct interval *interval_at(const struct zone *z, int64_t at)
{
    const struct interval *recent = *z->recent;
    if (at >= recent->from_at && at < recent->to_at)
        return recent;
    size_t low = 0, high = z->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (z->intervals[middle].from_at <= at)
            low = middle;
        else
            high = middle;
    }
    *z->recent = &z->intervals[low];
    return *z->recent;
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

void zone_civil(const struct zone *z, int64_t at, struct civil *out)
{
    *out = civil_of_seconds(at + interval_at(z, at)->offset_s);
}

int zone_offset_s(const struct zone *z, int64_t at)
{
    return interval_at(z, at)->offset_s;
}

const char *zone_abbreviation(const struct zone *z, int64_t at)
{
    return interval_at(z, at)->abbreviation;
}

static const struct interval *after_last(const struct zone *z)
{
    return z->intervals + z->count;
}

/* The first instant whose local time is LOCAL_S (civil seconds) or later. */
static int64_t first_reaching(const struct zone *z, int64_t local_s)
{
    const struct interval *i = interval_at(z, local_s - WIDEST_OFFSET_S);
    for (; i + 1 < after_last(z); i++) {
        int64_t at = local_s - i->offset_s;
        if (at < i->from_at)
            at = i->from_at;
        if (at < i->to_at)
            return at;
    }
    return local_s - i->offset_s < i->from_at ? i->from_at : local_s - i->offset_s;
}

int64_t zone_day_start(const struct zone *z, int year, int month, int day)
{
    return first_reaching(z, civil_days(year, month, day) * 86400);
}

int64_t zone_next_day(const struct zone *z, int64_t at)
{
    struct civil c;
    zone_civil(z, at, &c);
    int64_t next_at = zone_day_start(z, c.year, c.month, c.day + 1);
    /* A clock put back across midnight shows the old date again. */
    return next_at > at ? next_at : zone_day_start(z, c.year, c.month, c.day + 2);
}

int zone_at(
    const struct zone *z, const struct civil *c, int64_t *first, int64_t *second)
{
    int64_t local_s = civil_seconds(c);
    int found = 0;
    for (const struct interval *i = interval_at(z, local_s - WIDEST_OFFSET_S);
         i < after_last(z) && i->from_at < local_s + WIDEST_OFFSET_S && found < 2;
         i++) {
        int64_t at = local_s - i->offset_s;
        if (at < i->from_at || at >= i->to_at)
            continue;
        if (found++ == 0)
            *first = at;
        *second = at;
    }
    if (found == 0)
        *first = *second = first_reaching(z, local_s);
    return found;
}

/* ---- showing it ------------------------------------------------------------------ */

char *zone_format_date(struct arena *a, const struct zone *z, int64_t at)
{
    struct civil c;
    zone_civil(z, at, &c);
    return civil_format_date(a, &c);
}

char *zone_format_clock(struct arena *a, const struct zone *z, int64_t at)
{
    struct civil c;
    int64_t first, second;
    zone_civil(z, at, &c);
    if (zone_at(z, &c, &first, &second) < 2)
        return civil_format_time(a, &c);
    return arena_printf(a, "%02d:%02d %s", c.hour, c.minute, zone_abbreviation(z, at));
}

char *zone_format(struct arena *a, const struct zone *z, int64_t at)
{
    struct civil c;
    zone_civil(z, at, &c);
    return arena_printf(a, "%d %.3s %d, %02d:%02d %s", c.day, civil_month_name(c.month),
        c.year, c.hour, c.minute, zone_abbreviation(z, at));
}

char *zone_format_iso(struct arena *a, const struct zone *z, int64_t at)
{
    struct civil c;
    zone_civil(z, at, &c);
    int offset_min = zone_offset_s(z, at) / 60;
    int ahead_min = offset_min < 0 ? -offset_min : offset_min;
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month,
        c.day, c.hour, c.minute, c.second, offset_min < 0 ? '-' : '+', ahead_min / 60,
        ahead_min % 60);
}
