/* A walk along links that can end: links are of the same kind when they match the same
 * route and have parameters of the same names, and of each kind only a few are
 * followed. So a calendar full of days does not keep the walk from what comes after it,
 * and the limit of all is a bug's: whoever reaches it fails the test. */
#ifndef SUPPORT_WALK_H
#define SUPPORT_WALK_H

#include "util/arena.h"
#include "web/routes.h"

struct walk;

/* EACH: how many of a kind are followed. */
struct walk *walk_new(struct arena *a, int each);

/* A path with its query. */
void walk_to(struct walk *w, const char *path);

/* Where every walk of that role (VENDOR, ...; 0: nobody) begins: the front page, the
 * dashboard, and what no page has a link to because browsers, mails or Stripe lead
 * there. */
void walk_begin(struct walk *w, unsigned who);

/* Every path in the page's ATTRIBUTE (" href=\"") is taken. */
void walk_links(struct walk *w, const char *page, const char *attribute);

/* The next to visit; NULL: that was all. */
const char *walk_next(struct walk *w);

/* Stripe is not asked here, and the demo's hosts have no accounts there. */
#define WALK_WITHOUT_ACCOUNT "/host/stripe/refresh"

#endif
