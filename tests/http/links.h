/* Going over the whole site as one person: links of every kind, some of each, from
 * where a walk begins (support/walk.h), through nginx. */
#ifndef HTTP_LINKS_H
#define HTTP_LINKS_H

#include "http/people.h"

/* Nobody, and the demo's people. */
enum {
    LINKS_NOBODY,
    LINKS_VENDOR,
    LINKS_HOST,
    LINKS_SUPPORT,
    LINKS_ADMIN,
    LINKS_ROLES
};

/* Logs C in as the demo's person of that role (of nobody: all zeroes). */
struct person links_log_in(struct client *c, int role);

/* Visits all as C is logged in, of ROLE, and shows each page of HTML to PAGE, if not
 * NULL, while it is what C was answered last. The number of visits. */
typedef void (*links_page)(void *arg, struct client *c, const char *path);
int links_follow(struct client *c, int role, links_page page, void *arg);

#endif
