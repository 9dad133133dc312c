/* Dates and times as people write them: year, month, day, hour, minute, second
 * of the proleptic Gregorian calendar, without a zone (that is util/zone.h). */
#ifndef UTIL_CIVIL_H
#define UTIL_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

struct civil {
    int year, month, day; /* month 1-12, day 1-31 */
    int hour, minute, second;
    int weekday; /* 0 is Sunday */
};

/* Days from 1970-01-01 to the date; negative before it. MONTH and DAY may lie
 * outside their ranges by a few: March 0 is the last of February. */
int64_t civil_days(int year, int month, int day);

/* The date so many days after 1970-01-01, at 00:00:00. */
struct civil civil_of_days(int64_t days);

/* Seconds since 1970-01-01 00:00:00 as if the civil time were UTC, and back. */
int64_t civil_seconds(const struct civil *c);
struct civil civil_of_seconds(int64_t seconds);

/* The same time of day, DAYS later or (negative) earlier. */
struct civil civil_add_days(const struct civil *c, int days);

/* Days from A's date to B's; negative if B is earlier. Times do not count. */
int64_t civil_days_between(const struct civil *a, const struct civil *b);

/* Days in the month (28-31). */
int civil_month_days(int year, int month);

/* "2026-11-24", a date that exists, year 0001-9999; fills in the weekday and
 * 00:00:00. False leaves *OUT alone. */
bool civil_parse_date(const char *s, struct civil *out);

/* "07:15" or "07:15:30" (as browsers send it), 00:00-23:59, into minutes and
 * seconds of *OUT; its date stays. False leaves *OUT alone. */
bool civil_parse_time(const char *s, struct civil *out);

/* "Tue 24 Nov 2026" */
char *civil_format_date(struct arena *a, const struct civil *c);
/* "24 Nov 2026" */
char *civil_format_day(struct arena *a, const struct civil *c);
/* "07:15" */
char *civil_format_time(struct arena *a, const struct civil *c);
/* "2026-11-24", as <input type=date> wants it */
char *civil_format_iso(struct arena *a, const struct civil *c);

/* "November", "Tuesday", "Tue"; month 1-12, weekday 0-6. */
const char *civil_month_name(int month);
const char *civil_weekday_name(int weekday);
const char *civil_weekday_short(int weekday);

/* An instant (UTC seconds) as RFC 5322 has it in mail: "Tue, 24 Nov 2026
 * 12:15:00 +0000". */
char *civil_format_mail(struct arena *a, int64_t at);
/* ... as RFC 9110 has it in HTTP: "Tue, 24 Nov 2026 12:15:00 GMT". */
char *civil_format_http(struct arena *a, int64_t at);
/* ... as RFC 3339 has it: "2026-11-24T12:15:00Z". */
char *civil_format_utc(struct arena *a, int64_t at);

#endif
