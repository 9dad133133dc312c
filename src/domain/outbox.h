/* Mail to be sent. A row is written with the change that causes it; the jobs
 * process renders templates/mail/<kind>.* with its fields and sends it. The
 * fields are frozen here: a mail says what was true when it was caused. */
#ifndef DOMAIN_OUTBOX_H
#define DOMAIN_OUTBOX_H

#include "app/ctx.h"

struct outbox_field {
    const char *name, *value;
};

/* Queues mail KIND to USER_ID. DEDUPE makes it once: a second call with the same
 * text changes nothing and is OK. Needs an open transaction. */
enum result outbox_add(struct ctx *c, const char *kind, int64_t user_id,
    const char *dedupe, const struct outbox_field *fields, size_t n);

/* A mail taken to be sent. */
struct outbox_mail {
    int64_t id;
    const char *uid, *kind, *to_email, *to_name, *fields; /* fields: JSON object */
    int tries;
    int64_t created_at;
};

/* Leases up to MAX due mails for LEASE_S seconds (own transaction). */
enum result outbox_take(
    struct ctx *c, size_t max, int64_t lease_s, struct outbox_mail **out, size_t *n);

/* What became of it (own transaction). What a sent mail said is forgotten: links in it
 * open accounts. A failed mail is tried again with growing
 * pauses (1 min doubled, at most 6 h), ten times. */
enum result outbox_sent(struct ctx *c, int64_t id);
enum result outbox_failed(struct ctx *c, int64_t id, const char *error, bool for_good);

/* For staff: what became of the mails in STATE ("queued", "sent", "failed"), newest
 * first. What they say is left out: some hold links that open an account. */
struct outbox_row {
    int64_t id, tries, created_at, next_at, sent_at; /* sent_at 0: not yet */
    const char *kind, *to_email, *state, *error;
};
enum result outbox_page(struct ctx *c, const char *state, int64_t before_id, size_t max,
    struct outbox_row **out, size_t *n);

#endif
