/* An administrator's acts on people that reach beyond their account. */
#ifndef DOMAIN_MODERATION_H
#define DOMAIN_MODERATION_H

#include "app/ctx.h"

/* Suspends or restores account ID as accounts_suspend does, and with a host his
 * kitchens: while he is suspended none can be found or booked (own transaction). */
enum result moderation_suspend(
    struct ctx *c, int64_t id, bool suspended, const char *reason);

#endif
