/* Notices inside the site: one line with a link. */
#ifndef DOMAIN_NOTICES_H
#define DOMAIN_NOTICES_H

#include "app/ctx.h"

/* Needs an open transaction. LINK is a path on this site. */
enum result notices_add(struct ctx *c, int64_t user_id, const char *kind,
    const char *text, const char *link);

/* The same for every administrator who has not just the same before him, unread. */
enum result notices_add_admins(
    struct ctx *c, const char *kind, const char *text, const char *link);

struct notice {
    int64_t id, created_at;
    const char *kind, *text, *link;
    const char *timezone; /* where the booking is that it links to; NULL: none */
    bool unread;
};

/* The acting user's, older than BEFORE_ID (0: from the newest), newest first. */
enum result notices_page(
    struct ctx *c, int64_t before_id, size_t max, struct notice **out, size_t *n);

/* How many the acting user has not read, counted up to 100. */
enum result notices_unread(struct ctx *c, int64_t *n);

/* Marks all of the acting user's as read (own transaction). */
enum result notices_read_all(struct ctx *c);

#endif
