#include "domain/stripe_ops.h"

#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/notices.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

enum {
    LEASE_S = 60,             /* longer than the longest call */
    RESEND_MAX_S = 23 * 3600, /* Stripe keeps keys for 24 hours */
    CONFIG_PAUSE_S = 60,
    LOST_PAUSE_S = 10, /* then what was begun has ended, one way or the other */
};

enum result stripe_ops_unreached(struct ctx *c)
{
    return fail(c, R_UPSTREAM,
        "Stripe cannot be reached at the moment. Nothing is lost; try again in a "
        "minute.");
}

enum result stripe_ops_unavailable(struct ctx *c)
{
    return fail(c, R_UPSTREAM,
        "Payments are not available at the moment. Your time stays held; try again in "
        "a minute.");
}

enum result stripe_ops_busy(struct ctx *c)
{
    c->retry_after_s = 3;
    return fail(c, R_BUSY, "Your payment is being prepared. Try again in a moment.");
}

enum result stripe_ops_client(
    struct ctx *c, int64_t total_ms, struct stripe_client *out)
{
    CHECK(c->net != NULL);
    if (c->outside == OUTSIDE_REFUSES)
        return stripe_ops_unreached(c);
    *out = (struct stripe_client) {
        .net = c->net,
        .base = c->conf->stripe_api_base,
        .key = c->conf->stripe_secret_key,
        .total_ms = total_ms,
        .until_ms = stripe_deadline(total_ms),
    };
    const char *problem = stripe_client_problem(out);
    if (problem == NULL)
        return OK;
    log_error("stripe_settings", "%s", problem);
    return stripe_ops_unreached(c);
}

bool stripe_ops_live(const struct ctx *c)
{
    return stripe_key_is_live(c->conf->stripe_secret_key);
}

const char *stripe_ops_form(struct ctx *c, struct buf *form)
{
    CHECK(buf_ok(form));
    const char *body = arena_strndup(c->arena, form->at, form->n);
    buf_free(form);
    return body;
}

static void read_op(struct query *q, struct stripe_op *out)
{
    *out = (struct stripe_op) {
        .uid = col_text(q, "uid"),
        .kind = col_text(q, "kind"),
        .subject_uid = col_text(q, "subject_uid"),
        .attempt = col_int(q, "attempt"),
        .idem_key = col_text(q, "idem_key"),
        .path = col_text(q, "path"),
        .body = col_text(q, "body"),
        .state = col_text(q, "state"),
        .tries = col_int(q, "tries"),
        .first_sent_at = col_int(q, "first_sent_at"),
        .lost = col_int(q, "lost") != 0,
    };
}

enum result stripe_ops_add(
    struct ctx *c, const struct stripe_op_new *op, struct stripe_op *out)
{
    *out = (struct stripe_op) {
        .uid = rand_uid(c->arena),
        .kind = op->kind,
        .subject_uid = op->subject_uid,
        .attempt = op->attempt,
        .idem_key = ctx_printf(
            c, "prep-%s-%s-a%lld", op->kind, op->subject_uid, (long long)op->attempt),
        .path = op->path,
        .body = op->body,
        .state = op->now ? "sending" : "queued",
        .tries = op->now ? 1 : 0,
        .first_sent_at = op->now ? c->now_at : 0,
    };
    struct query *q = db_query(c->db, Q_STRIPE_OPS_ADD);
    bind_text(q, "uid", out->uid);
    bind_text(q, "kind", out->kind);
    bind_text(q, "subject_uid", out->subject_uid);
    bind_int(q, "attempt", out->attempt);
    bind_text(q, "idem_key", out->idem_key);
    bind_text(q, "path", out->path);
    bind_text(q, "body", out->body);
    bind_text(q, "state", out->state);
    if (op->now)
        bind_int(q, "first_sent_at", c->now_at);
    else
        bind_null(q, "first_sent_at");
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "lease_until", op->now ? c->now_at + LEASE_S : 0);
    bind_int(q, "tries", out->tries);
    return query_run(q);
}

enum result stripe_ops_newest(
    struct ctx *c, const char *kind, const char *subject_uid, struct stripe_op *out)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_NEWEST);
    bind_text(q, "kind", kind);
    bind_text(q, "subject_uid", subject_uid);
    TRY(query_step(q));
    read_op(q, out);
    return OK;
}

enum result stripe_ops_get(struct ctx *c, const char *uid, struct stripe_op *out)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_GET);
    bind_text(q, "uid", uid);
    TRY(query_step(q));
    read_op(q, out);
    return OK;
}

enum result stripe_ops_due(struct ctx *c, size_t max, const char ***uids, size_t *n)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_DUE);
    bind_int(q, "now_at", c->now_at);
    return query_text_ids(q, max, uids, n);
}

enum result stripe_ops_lease(struct ctx *c, struct stripe_op *op)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_LEASE);
    bind_text(q, "uid", op->uid);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "lease_until", c->now_at + LEASE_S);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return stripe_ops_busy(c);
    TRY(r);
    op->tries++;
    op->state = "sending";
    if (op->first_sent_at == 0)
        op->first_sent_at = c->now_at;
    return OK;
}

bool stripe_ops_is_lost(const struct ctx *c, const struct stripe_op *op)
{
    return op->lost ||
           (op->first_sent_at != 0 && c->now_at - op->first_sent_at > RESEND_MAX_S);
}

void stripe_ops_ask(struct ctx *c, const struct stripe_client *client,
    const struct stripe_request *request, struct stripe_reply *out)
{
    CHECK(!db_in_transaction(c->db));
    stripe_call(client, c->arena, request, out);
    if (out->outcome == STRIPE_CONFIG)
        c->outside = OUTSIDE_REFUSES;
    else if (out->http_status != 0 && c->outside == OUTSIDE_SILENT)
        c->outside = OUTSIDE_ANSWERS;
}

/* The claim stands as long as Stripe refuses us. */
static const char refused[] = "stripe-refused";

enum result stripe_ops_refused(struct ctx *c, const char *why)
{
    bool first;
    log_error("stripe_refused", "%s", why);
    TRY(db_begin(c->db));
    TRY(claims_take(c, refused, "", &first));
    if (!first)
        return OK; /* they know */
    TRY(audit_add(c, "stripe.refused", "stripe", 0, why));
    TRY(notices_add_admins(c, "stripe_refused",
        ctx_printf(c,
            "Stripe refuses our key or address; nothing is sent to it until "
            "that is mended: %s",
            why),
        "/admin/jobs"));
    return db_commit(c->db);
}

enum result stripe_ops_accepted(struct ctx *c)
{
    bool dropped;
    TRY(db_begin(c->db));
    TRY(claims_drop(c, refused, "", &dropped));
    if (!dropped)
        return OK;
    TRY(audit_add(c, "stripe.accepted", "stripe", 0, ""));
    return db_commit(c->db);
}

void stripe_ops_call(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *out)
{
    CHECK(!db_in_transaction(c->db));
    if (stripe_ops_is_lost(c, op)) {
        stripe_ops_find(c, client, op, out);
        return;
    }
    struct stripe_request request = {
        .method = "POST",
        .path = op->path,
        .form = op->body,
        .idempotency_key = op->idem_key,
    };
    stripe_ops_ask(c, client, &request, out);
}

enum after { DONE, REJECTED, REVIEW, AGAIN, AGAIN_UNKNOWN };

static const enum after after_outcome[] = {
    [STRIPE_OK] = DONE,
    [STRIPE_DECLINED] = REJECTED,
    [STRIPE_DEFINITIVE] = REJECTED,
    [STRIPE_BUG] = REVIEW,
    [STRIPE_CONFIG] = AGAIN,
    [STRIPE_BUSY] = AGAIN,
    [STRIPE_UNKNOWN] = AGAIN_UNKNOWN,
    [STRIPE_NOT_SENT] = AGAIN,
};

static const char *const state_after[] = {
    [DONE] = "done",
    [REJECTED] = "rejected",
    [REVIEW] = "review",
    [AGAIN] = "queued",
    [AGAIN_UNKNOWN] = "unknown",
};

/* The key remembers a failure of Stripe's own: it will say the same for ever. */
static bool is_cached_failure(const struct stripe_reply *reply)
{
    return reply->replayed && reply->http_status >= 500;
}

static int64_t pause_s(const struct stripe_op *op, const struct stripe_reply *reply)
{
    if (reply->outcome == STRIPE_CONFIG)
        return CONFIG_PAUSE_S;
    if (is_cached_failure(reply))
        return LOST_PAUSE_S;
    return stripe_pause_s(reply, op->tries < 1 ? 1 : op->tries);
}

/* Staff hears of what waits for a person. */
static enum result alert(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    log_error("stripe_op", "%s: %s: %s", op->idem_key,
        stripe_outcome_name(reply->outcome), reply->error.message);
    return notices_add_admins(c, "stripe_op",
        ctx_printf(c, "A call to Stripe waits for a person: %s", reply->error.message),
        "/admin/payments");
}

enum result stripe_ops_settle(struct ctx *c, const struct stripe_op *op,
    const struct stripe_reply *reply, bool *first)
{
    CHECK((unsigned)reply->outcome < COUNT_OF(after_outcome));
    enum after after = after_outcome[reply->outcome];
    const char *object_id = json_text(reply->object, "id");
    struct query *q = db_query(c->db, Q_STRIPE_OPS_SETTLE);
    bind_text(q, "uid", op->uid);
    bind_text(q, "state", state_after[after]);
    bind_int(q, "next_at", c->now_at + pause_s(op, reply));
    bind_int(q, "lost", op->lost || is_cached_failure(reply));
    bind_int(q, "uncounted", reply->outcome == STRIPE_CONFIG);
    bind_int(q, "http_status", reply->http_status);
    bind_text(q, "err_code", reply->error.code == NULL ? "" : reply->error.code);
    bind_text(
        q, "err_message", reply->error.message == NULL ? "" : reply->error.message);
    bind_text(
        q, "stripe_request_id", reply->request_id == NULL ? "" : reply->request_id);
    bind_text(q, "object_id", object_id == NULL ? "" : object_id);
    enum result r = query_run_one(q);
    *first = r == OK;
    if (r == R_CONFLICT)
        return OK;
    TRY(r);
    return after == REVIEW ? alert(c, op, reply) : OK;
}

enum result stripe_ops_again(struct ctx *c, const struct stripe_op *op)
{
    struct stripe_op next;
    struct stripe_op_new new = {
        .kind = op->kind,
        .subject_uid = op->subject_uid,
        .attempt = op->attempt + 1,
        .path = op->path,
        .body = op->body,
    };
    return stripe_ops_add(c, &new, &next);
}

enum result stripe_ops_reopen(struct ctx *c, struct stripe_op *op)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_REOPEN);
    bind_text(q, "uid", op->uid);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    op->state = "unknown";
    op->lost = true;
    return OK;
}

enum result stripe_ops_hurry(struct ctx *c, const struct stripe_op *op)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_HURRY);
    bind_text(q, "uid", op->uid);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result stripe_ops_withdraw(
    struct ctx *c, const char *kind, const char *subject_uid, int64_t attempt)
{
    struct query *q = db_query(c->db, Q_STRIPE_OPS_WITHDRAW);
    bind_text(q, "kind", kind);
    bind_text(q, "subject_uid", subject_uid);
    bind_int(q, "attempt", attempt);
    return query_run_one(q);
}

enum result stripe_ops_read(struct ctx *c, const struct stripe_client *client,
    const char *path, struct stripe_reply *out)
{
    struct stripe_request request = { .method = "GET", .path = path };
    stripe_ops_ask(c, client, &request, out);
    return out->outcome == STRIPE_OK ? OK : stripe_ops_unreached(c);
}
