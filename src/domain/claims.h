/* "Once" is one function: an insert on a unique key in the effect's own
 * transaction. And its sibling for repeated posts, which keeps the answer. */
#ifndef DOMAIN_CLAIMS_H
#define DOMAIN_CLAIMS_H

#include "app/ctx.h"
#include "util/text.h"

/* *FIRST true the first time, false ever after. Needs an open transaction. */
enum result claims_take(struct ctx *c, const char *scope, const char *key, bool *first);

/* Takes one back, so that it can be taken again. Needs an open transaction. */
enum result claims_drop(
    struct ctx *c, const char *scope, const char *key, bool *dropped);

struct claims_answer {
    int status;
    const char *location;
};

/* A post with an idempotency key by the acting user. Call first in the
 * transaction: *FOUND true: this very post was answered before, STORED is the
 * answer, do nothing. R_INVALID: the key was used for another body; the message
 * says so. ROUTE and BODY are what "the same post" means. An empty KEY is never found
 * and never kept. */
enum result claims_post(struct ctx *c, const char *key, const char *route,
    struct span body, bool *found, struct claims_answer *stored);

/* Keeps the answer of a post that has just been carried out, in its transaction. */
enum result claims_answer(struct ctx *c, const char *key, const char *route,
    struct span body, const struct claims_answer *answer);

#endif
