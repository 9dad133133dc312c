/* What the administrators are told of because time has passed, each once. What they are
 * told of because something happened is told where it happens (notices_add_admins). */
#ifndef DOMAIN_ALERTS_H
#define DOMAIN_ALERTS_H

#include "app/ctx.h"

enum { ALERTS_DISPUTE_S = 2 * 86400 }; /* before its answer is due */

/* The ids of up to MAX disputes that wait for our answer and are due soon; tells of one
 * (own transaction). */
enum result alerts_disputes(struct ctx *c, size_t max, const char ***ids, size_t *n);
enum result alerts_dispute(struct ctx *c, const char *dispute_id);

/* Tells of up to MAX hosts who have owed us something for too long (queues.h); *N is
 * how many (own transaction). */
enum result alerts_debts(struct ctx *c, size_t max, size_t *n);

#endif
