/* What we answer the bank: our records, and what an administrator writes. */
#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/disputes.h"
#include "domain/notices.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/rand.h"

enum result disputes_evidence(
    struct ctx *c, const char *dispute_id, struct evidence **out, size_t *n)
{
    struct evidence *rows = arena_array(c->arena, DISPUTES_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_DISPUTES_EVIDENCE);
    bind_text(q, "dispute_id", dispute_id);
    bind_int(q, "max", DISPUTES_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct evidence) {
            .uid = col_text(q, "uid"),
            .text = col_text(q, "text"),
            .author = col_text(q, "author"),
            .state = col_text(q, "state"),
            .error = col_text(q, "error"),
            .created_at = col_int(q, "created_at"),
        };
    *out = rows;
    return query_end(r);
}

/* Messages and policies would have to be files, so they stand in the text. */
static const char *evidence_form(
    struct ctx *c, const struct dispute_record *record, const char *text)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "evidence[uncategorized_text]", text);
    stripe_form_text(&form, "evidence[service_date]", record->service_date);
    stripe_form_text(&form, "evidence[product_description]", record->product);
    stripe_form_text(&form, "evidence[access_activity_log]", record->access_log);
    stripe_form_bool(&form, "submit", true);
    return stripe_ops_form(c, &form);
}

bool disputes_wants_answer(const struct ctx *c, const struct dispute *d)
{
    return d->closed_at == 0 && d->submissions == 0 &&
           (d->due_by == 0 || d->due_by >= c->now_at);
}

static enum result check_submit(
    struct ctx *c, const char *id, const char *text, struct dispute *d)
{
    TRY(accounts_admin_only(c, "answers a bank"));
    enum result r = disputes_get(c, id, d);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such dispute.");
    TRY(r);
    if (!disputes_wants_answer(c, d))
        return fail(c, R_CONFLICT, "The bank does not wait for an answer any more.");
    if (text_empty(text) || !text_utf8_ok(text, strlen(text)) ||
        text_utf8_length(text) > EVIDENCE_MAX)
        return fail(c, R_INVALID, "Write between 1 and %d characters.", EVIDENCE_MAX);
    return OK;
}

enum result disputes_submit(struct ctx *c, const char *id, const char *text)
{
    struct dispute d;
    struct dispute_record record;
    struct booking b;
    struct stripe_op op;
    TRY(db_begin(c->db));
    TRY(check_submit(c, id, text, &d));
    TRY(bookings_get(c, d.booking_id, &b));
    TRY(disputes_record(c, &b, &record));
    const char *uid = rand_uid(c->arena);
    struct query *q = db_query(c->db, Q_DISPUTES_ADD_EVIDENCE);
    bind_text(q, "uid", uid);
    bind_text(q, "dispute_id", id);
    bind_text(q, "text", text);
    bind_int(q, "author_id", c->actor.user_id);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run(q);
    if (r == R_CONFLICT)
        return fail(c, r, "An answer is on its way to the bank already.");
    TRY(r);
    struct stripe_op_new new = {
        .kind = "dpev",
        .subject_uid = uid,
        .attempt = 1,
        .path = ctx_printf(c, "/v1/disputes/%s", id),
        .body = evidence_form(c, &record, text),
    };
    TRY(stripe_ops_add(c, &new, &op));
    TRY(audit_add(c, "dispute.answered", "booking", d.booking_id, id));
    return db_commit(c->db);
}

static enum result evidence_refused(
    struct ctx *c, const struct dispute *d, const char *why)
{
    return notices_add_admins(c, "evidence_failed",
        ctx_printf(c, "Stripe does not take our answer to the bank of booking %lld: %s",
            (long long)d->booking_id, why),
        ctx_printf(c, "/admin/disputes/%s", d->id));
}

enum result disputes_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct stripe_dispute dispute;
    struct dispute d;
    bool refused = stripe_refuses(reply);
    if (reply->outcome != STRIPE_OK && !refused)
        return OK;
    struct query *q = db_query(c->db, Q_DISPUTES_OF_EVIDENCE);
    bind_text(q, "uid", op->subject_uid);
    TRY(query_step(q));
    TRY(disputes_get(c, col_text(q, "dispute_id"), &d));
    if (stripe_ops_absent(reply) && disputes_wants_answer(c, &d))
        return stripe_ops_again(c, op);
    q = db_query(c->db, Q_DISPUTES_SET_EVIDENCE);
    bind_text(q, "uid", op->subject_uid);
    bind_text(q, "state", refused ? "failed" : "sent");
    bind_text(q, "error", refused ? reply->error.message : "");
    TRY(query_run(q));
    if (query_changes(q) == 1)
        TRY(audit_add(c, refused ? "evidence.failed" : "evidence.sent", "booking",
            d.booking_id,
            refused ? ctx_printf(c, "%s: %s", d.id, reply->error.message) : d.id));
    if (refused)
        return evidence_refused(c, &d, reply->error.message);
    TRY(stripe_read_dispute(reply->object, &dispute));
    return disputes_apply(c, &dispute);
}
