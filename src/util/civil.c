#include "util/civil.h"

#include <stddef.h>
#include <string.h>

#include "util/guard.h"

enum { DAY_S = 86400, ERA_DAYS = 146097 /* in 400 years */ };

static const char *const months[] = { "January", "February", "March", "April", "May",
    "June", "July", "August", "September", "October", "November", "December" };
static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday" };
static const char *const short_weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
    "Sat" };

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

/* Years are counted from March, so that the leap day is a year's last; then the
 * months before a given one have (153 * month + 2) / 5 days together. */
int64_t civil_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
    int64_t month_from_march = month + (month > 2 ? -3 : 9);
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - 719468;
}

struct civil civil_of_days(int64_t days)
{
    int64_t from_march_0000 = days + 719468;
    int64_t era = floor_div(from_march_0000, ERA_DAYS);
    unsigned day_of_era = (unsigned)(from_march_0000 - era * ERA_DAYS);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
        365;
    unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)month_from_march + (month_from_march < 10 ? 3 : -9);
    int64_t weekday = (days + 4) % 7;
    return (struct civil) {
        .year = (int)(era * 400 + year_of_era) + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5) + 1,
        .weekday = (int)(weekday < 0 ? weekday + 7 : weekday),
    };
}

int64_t civil_seconds(const struct civil *c)
{
    return civil_days(c->year, c->month, c->day) * DAY_S + c->hour * 3600 +
           c->minute * 60 + c->second;
}

struct civil civil_of_seconds(int64_t seconds)
{
    int64_t days = floor_div(seconds, DAY_S);
    int second_of_day = (int)(seconds - days * DAY_S);
    struct civil c = civil_of_days(days);
    c.hour = second_of_day / 3600;
    c.minute = second_of_day / 60 % 60;
    c.second = second_of_day % 60;
    return c;
}

struct civil civil_add_days(const struct civil *c, int days)
{
    struct civil later = civil_of_days(civil_days(c->year, c->month, c->day) + days);
    later.hour = c->hour;
    later.minute = c->minute;
    later.second = c->second;
    return later;
}

int64_t civil_days_between(const struct civil *a, const struct civil *b)
{
    return civil_days(b->year, b->month, b->day) -
           civil_days(a->year, a->month, a->day);
}

int civil_month_days(int year, int month)
{
    CHECK(month >= 1 && month <= 12);
    int64_t next =
        month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, month + 1, 1);
    return (int)(next - civil_days(year, month, 1));
}

/* Exactly n digits at *s as a number; moves *s behind them. -1 if they are not. */
static int digits(const char **s, int n)
{
    int value = 0;
    for (; n > 0; n--, ++*s) {
        if (**s < '0' || **s > '9')
            return -1;
        value = value * 10 + (**s - '0');
    }
    return value;
}

static bool skip(const char **s, char c)
{
    if (**s != c)
        return false;
    ++*s;
    return true;
}

bool civil_parse_date(const char *s, struct civil *out)
{
    if (s == NULL)
        return false;
    int year = digits(&s, 4);
    if (year < 1 || !skip(&s, '-'))
        return false;
    int month = digits(&s, 2);
    if (month < 1 || month > 12 || !skip(&s, '-'))
        return false;
    int day = digits(&s, 2);
    if (day < 1 || day > civil_month_days(year, month) || *s != '\0')
        return false;
    *out = civil_of_days(civil_days(year, month, day));
    return true;
}

bool civil_parse_time(const char *s, struct civil *out)
{
    if (s == NULL)
        return false;
    int hour = digits(&s, 2);
    if (hour < 0 || hour > 23 || !skip(&s, ':'))
        return false;
    int minute = digits(&s, 2), second = 0;
    if (minute < 0 || minute > 59)
        return false;
    if (skip(&s, ':'))
        second = digits(&s, 2);
    if (second < 0 || second > 59 || *s != '\0')
        return false;
    out->hour = hour;
    out->minute = minute;
    out->second = second;
    return true;
}

const char *civil_month_name(int month)
{
    CHECK(month >= 1 && month <= 12);
    return months[month - 1];
}

const char *civil_weekday_name(int weekday)
{
    CHECK(weekday >= 0 && weekday <= 6);
    return weekdays[weekday];
}

const char *civil_weekday_short(int weekday)
{
    CHECK(weekday >= 0 && weekday <= 6);
    return short_weekdays[weekday];
}

/* N with as many digits at AT; returns what comes behind. */
static char *put_digits(char *at, int digits, int n)
{
    for (int i = digits - 1; i >= 0; i--, n /= 10)
        at[i] = (char)('0' + n % 10);
    return at + digits;
}

char *civil_format_date(struct arena *a, const struct civil *c)
{
    return arena_printf(a, "%s %d %.3s %d", civil_weekday_short(c->weekday), c->day,
        civil_month_name(c->month), c->year);
}

char *civil_format_day(struct arena *a, const struct civil *c)
{
    return arena_printf(a, "%d %.3s %d", c->day, civil_month_name(c->month), c->year);
}

char *civil_format_time(struct arena *a, const struct civil *c)
{
    char text[5], *end = put_digits(text, 2, c->hour);
    *end++ = ':';
    put_digits(end, 2, c->minute);
    return arena_strndup(a, text, sizeof text);
}

char *civil_format_iso(struct arena *a, const struct civil *c)
{
    char text[10], *end = put_digits(text, 4, c->year);
    *end++ = '-';
    end = put_digits(end, 2, c->month);
    *end++ = '-';
    put_digits(end, 2, c->day);
    return arena_strndup(a, text, sizeof text);
}

/* "Tue, 24 Nov 2026 12:15:00 ZONE": mail and HTTP differ in the zone's name. */
static char *format_with_zone(struct arena *a, int64_t at, const char *zone)
{
    struct civil c = civil_of_seconds(at);
    return arena_printf(a, "%s, %02d %.3s %04d %02d:%02d:%02d %s",
        civil_weekday_short(c.weekday), c.day, civil_month_name(c.month), c.year,
        c.hour, c.minute, c.second, zone);
}

char *civil_format_mail(struct arena *a, int64_t at)
{
    return format_with_zone(a, at, "+0000");
}

char *civil_format_http(struct arena *a, int64_t at)
{
    return format_with_zone(a, at, "GMT");
}

char *civil_format_utc(struct arena *a, int64_t at)
{
    struct civil c = civil_of_seconds(at);
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day,
        c.hour, c.minute, c.second);
}
