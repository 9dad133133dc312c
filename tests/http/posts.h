/* The forms of a page, as a browser without script would send them. */
#ifndef HTTP_POSTS_H
#define HTTP_POSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

enum { POST_FIELDS_MAX = 160 };

struct post_field {
    const char *name, *value; /* as typed, not encoded */
    bool sent;                /* false: a box that is not ticked */
};

struct post {
    const char *action;
    bool uploads;                              /* multipart/form-data */
    struct post_field fields[POST_FIELDS_MAX]; /* all but the token */
    size_t n;
};

/* The next form of HTML from AT on that is sent by POST: what is behind it; NULL: there
 * is none. Of its buttons the first one is pressed. */
const char *posts_next(struct arena *a, const char *at, struct post *out);

/* All of it but the token, encoded. Field ODD, if there is one, is sent with the value
 * VALUE, which is encoded already; so is one that would not be sent. */
const char *posts_body(
    struct arena *a, const struct post *p, size_t odd, const char *value);

#endif
