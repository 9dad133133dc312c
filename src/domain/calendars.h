/* The bookings of a vendor or a host as a feed that calendar programs read without a
 * login: who knows its token may. */
#ifndef DOMAIN_CALENDARS_H
#define DOMAIN_CALENDARS_H

#include "app/ctx.h"

/* The token of the acting person's feed, NULL if none was made. Others than vendors and
 * hosts have none. */
enum result calendars_token(struct ctx *c, const char **out);

/* Makes a new one; an older is worth nothing from here on (own transaction). R_DENIED
 * for others than vendors and hosts. */
enum result calendars_renew(struct ctx *c);

struct calendar {
    int64_t user_id;
    bool is_host;
};

/* Whose feed it is. R_NOT_FOUND: nobody's, or not any more. */
enum result calendars_find(struct ctx *c, const char *token, struct calendar *out);

struct calendar_visit {
    int64_t id, start_at, end_at, confirmed_at;
    const char *uid;   /* the booking's */
    const char *title; /* of the kitchen, and of the station if it is one */
    const char *place, *vendor_name;
};

/* The confirmed bookings that start from FROM_AT on and before UNTIL_AT, the earliest
 * first, at most CALENDAR_VISITS_MAX. */
enum { CALENDAR_VISITS_MAX = 2000 };
enum result calendars_visits(struct ctx *c, const struct calendar *calendar,
    int64_t from_at, int64_t until_at, struct calendar_visit **out, size_t *n);

#endif
