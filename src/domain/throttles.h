/* Counting tries in windows of 15 minutes, by account and by address. */
#ifndef DOMAIN_THROTTLES_H
#define DOMAIN_THROTTLES_H

#include "app/ctx.h"

enum { THROTTLES_WINDOW_S = 900 };

/* Counts one try of WHAT by WHO; R_LIMITED (c->retry_after_s set) when it is more
 * than MAX in this window. Own transaction: the count stays though the caller's
 * work fails. */
enum result throttles_count(
    struct ctx *c, const char *what, const char *who, int64_t max);

/* R_LIMITED if MAX tries were counted already; counts nothing. */
enum result throttles_check(
    struct ctx *c, const char *what, const char *who, int64_t max);

/* Forgets the count of WHO in this window (after a good login). In the caller's
 * transaction. */
enum result throttles_forget(struct ctx *c, const char *what, const char *who);

#endif
