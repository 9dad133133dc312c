/* From a path to a row of the route table. The table is the web floor's; the
 * router knows only how each of its rows begins. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/method.h"
#include "util/arena.h"

/* The first two members of each row. A pattern is segments after '/':
 *   bookings         itself
 *   :id  :space_id   an identifier: 1-18 digits, the first not 0
 *   :id_slug         an identifier, or an identifier, '-' and a slug
 *   :token           any other name: one segment, not empty
 *   :token.ics       any of these followed by a fixed end
 * Where several patterns fit, the first of this order wins, segment by segment. A
 * trailing slash fits nothing but "/". */
struct route_key {
    enum http_method method;
    const char *pattern;
};

enum { ROUTE_CAPTURES_MAX = 4, ROUTE_SEGMENTS_MAX = 8 };

struct route_capture {
    const char *name; /* "id", "space_id", "token" */
    int64_t id;       /* 0 unless the name asks for an identifier */
    const char *text; /* the segment; of :id_slug, the slug, "" if there was none */
};

struct route_match {
    size_t route; /* index into the table */
    size_t n;
    struct route_capture captures[ROUTE_CAPTURES_MAX];
    const char *allow; /* with ROUTE_METHOD: "GET, HEAD, POST" */
};

enum route_result {
    ROUTE_FOUND,
    ROUTE_NONE,   /* 404 */
    ROUTE_METHOD, /* 405: the path is there, but not for this method */
};

struct router;

/* Compiles N rows of STRIDE bytes, each beginning with a struct route_key. It
 * lives as long as A and the table. A malformed pattern and a row given twice are
 * bugs and abort. HTTP_GET rows answer HEAD, too. */
struct router *router_new(struct arena *a, const void *routes, size_t n, size_t stride);

/* Texts in *OUT live as long as A. */
enum route_result router_match(const struct router *router, struct arena *a,
    enum http_method method, const char *path, struct route_match *out);

/* The capture of that name; asking for one that the pattern lacks is a bug. */
int64_t route_id(const struct route_match *m, const char *name);
const char *route_text(const struct route_match *m, const char *name);

#endif
