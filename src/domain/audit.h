/* The audit trail: who did what to which thing, in the same transaction as the
 * doing. If the row cannot be written the action is rolled back. */
#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "app/ctx.h"

/* ACTION is 'kitchen.approve'; SUBJECT 'kitchen'; DETAIL a sentence or a reason,
 * never a secret; "" for none. Needs an open transaction. */
enum result audit_add(struct ctx *c, const char *action, const char *subject,
    int64_t subject_id, const char *detail);

/* Does the history of a thing have such a row? */
enum result audit_has(struct ctx *c, const char *action, const char *subject,
    int64_t subject_id, bool *out);

struct audit_row {
    int64_t id, at, subject_id;
    const char *actor, *actor_role, *action, *subject, *detail, *request_id;
};

/* The history of one thing, newest first, at most MAX rows. */
enum result audit_of(struct ctx *c, const char *subject, int64_t subject_id, size_t max,
    struct audit_row **out, size_t *n);

/* What was decided of a kitchen and why, newest first, at most MAX rows; of its papers,
 * where the row's subject is the kind of paper. The caller has looked whose it is. */
typedef enum result audit_decisions_of(
    struct ctx *c, int64_t kitchen_id, size_t max, struct audit_row **out, size_t *n);
audit_decisions_of audit_decisions, audit_paper_decisions;

/* All rows older than BEFORE_ID (0: from the newest), newest first. */
enum result audit_page(
    struct ctx *c, int64_t before_id, size_t max, struct audit_row **out, size_t *n);

#endif
