/* Time zones by their IANA names. Instants are UTC seconds (`_at`); civil time
 * is made from them when a day is cut into hours or a page shows a time, and
 * nowhere else. The server's own zone plays no part.
 *
 * The rules come from the machine's zone database through GLib, once per zone
 * and process, into a table of the changes from 1970 to 2037. Before and after
 * that the first or last offset of the table holds. */
#ifndef UTIL_ZONE_H
#define UTIL_ZONE_H

#include <stdint.h>

#include "util/arena.h"
#include "util/civil.h"

struct zone;

/* The zone of an IANA name ("America/New_York", "UTC"), or NULL. Offsets
 * ("+05:00"), POSIX rules ("EST5EDT") and file names are no names. The zone
 * lives as long as the process. */
const struct zone *zone_find(const char *name);

const char *zone_name(const struct zone *z);

/* Local civil time at an instant. */
void zone_civil(const struct zone *z, int64_t at, struct civil *out);

/* Seconds that local time is ahead of UTC at an instant (New York: negative). */
int zone_offset_s(const struct zone *z, int64_t at);

/* "EST", "CEST", or "+1030" where the zone has no letters. */
const char *zone_abbreviation(const struct zone *z, int64_t at);

/* The first instant whose local date is the given one or, where the zone left
 * that date out (Samoa, 30 December 2011), a later one. A day is from its start
 * to the next one's: 24 hours, but 23 or 25 (or 23.5) when the clocks change. */
int64_t zone_day_start(const struct zone *z, int year, int month, int day);

/* The start of the local day after the one that AT is in. */
int64_t zone_next_day(const struct zone *z, int64_t at);

/* The instants at which clocks show the civil time C: 0 in a spring gap, 1, or
 * 2 in an autumn overlap. *FIRST and *SECOND get them in order of time; with one
 * both get it; with none both get the instant at which the gap opens. */
int zone_at(
    const struct zone *z, const struct civil *c, int64_t *first, int64_t *second);

/* "Tue 24 Nov 2026", "24 Nov 2026, 07:15 EST" and RFC 3339's
 * "2026-11-24T07:15:00-05:00", in local time. */
char *zone_format_date(struct arena *a, const struct zone *z, int64_t at);
char *zone_format(struct arena *a, const struct zone *z, int64_t at);
char *zone_format_iso(struct arena *a, const struct zone *z, int64_t at);

/* "07:15", and "01:15 CST" where clocks show it twice. */
char *zone_format_clock(struct arena *a, const struct zone *z, int64_t at);

#endif
