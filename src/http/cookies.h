/* Cookies (RFC 6265). All of ours carry the prefix __Host-, Secure, HttpOnly and
 * SameSite=Lax, so that no neighbouring host and no script can set or read them;
 * browsers take them over plain http on localhost, too. Names here are without the
 * prefix. */
#ifndef HTTP_COOKIES_H
#define HTTP_COOKIES_H

#include <stdint.h>

#include "http/params.h"
#include "http/response.h"
#include "util/arena.h"

enum { COOKIES_MAX = 50, COOKIES_BYTES_MAX = 4096 /* of one: name and value */ };

struct cookies {
    struct params ours; /* only those with the prefix, which is cut off */
};

/* Reads a Cookie header; NULL is one without cookies. Pairs that are malformed or
 * too long, and all after the first COOKIES_MAX, are passed over. */
void cookies_parse(struct arena *a, const char *header, struct cookies *out);

/* The value of __Host-NAME, or NULL. */
const char *cookie_get(const struct cookies *c, const char *name);

/* Adds Set-Cookie to the answer. VALUE consists of letters, digits and -._~ (a
 * token of ours); all else is a bug. MAX_AGE_S 0 removes the cookie, -1 keeps it
 * until the browser is closed. */
void cookie_set(struct response *r, struct arena *a, const char *name,
    const char *value, int64_t max_age_s);

#endif
