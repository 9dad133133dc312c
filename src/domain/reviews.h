/* What vendors wrote about a kitchen, once it may be seen. */
#ifndef DOMAIN_REVIEWS_H
#define DOMAIN_REVIEWS_H

#include "app/ctx.h"

struct review {
    int64_t id, visible_at;
    int overall;                       /* 1 to 5 */
    const char *author, *body, *reply; /* reply "": none */
};

/* The visible reviews of a kitchen with an id below BEFORE_ID (0: from the newest),
 * newest first. */
enum result reviews_of_kitchen(struct ctx *c, int64_t kitchen_id, int64_t before_id,
    size_t max, struct review **out, size_t *n);

#endif
