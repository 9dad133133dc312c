#include "domain/events.h"

#include <string.h>

#include "domain/bookings.h"
#include "domain/differences.h"
#include "domain/stripe_ops.h"
#include "stripe/form.h"
#include "stripe/signature.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"

/* ---- receiving --------------------------------------------------------------------
 */

/* What opens or pays something: `next_action` leads to a page with the secret in its
 * address. */
static bool is_secret(const struct json *j)
{
    static const char *const keys[] = { "client_secret", "url", "next_action" };
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (text_is(j->key, keys[i]))
            return true;
    return j->kind == JSON_TEXT && strstr(j->text, "_secret_") != NULL;
}

/* The object as Stripe sent it, less what is secret. */
static void put_redacted(struct json_writer *w, const struct json *j)
{
    switch (j->kind) {
    case JSON_NULL:
        json_put_null(w);
        break;
    case JSON_BOOL:
        json_put_bool(w, j->truth);
        break;
    case JSON_INT:
        json_put_int(w, j->integer);
        break;
    case JSON_REAL:
    case JSON_TEXT:
        json_put_text(w, j->text);
        break;
    case JSON_ARRAY:
        json_open_array(w);
        json_each(e, j)
        {
            if (!is_secret(e))
                put_redacted(w, e);
        }
        json_close_array(w);
        break;
    case JSON_OBJECT:
        json_open_object(w);
        json_each(e, j)
        {
            if (is_secret(e))
                continue;
            json_key(w, e->key);
            put_redacted(w, e);
        }
        json_close_object(w);
        break;
    }
}

static const char *payload_of(struct ctx *c, const struct stripe_event *e)
{
    struct buf json;
    if (e->object == NULL)
        return "{}";
    buf_init(&json, (size_t)4 * EVENTS_BODY_MAX);
    struct json_writer *w = json_begin(c->arena, &json);
    put_redacted(w, e->object);
    const char *payload = json_end(w) ? arena_strndup(c->arena, json.at, json.n) : "{}";
    buf_free(&json);
    return payload;
}

/* *NEW false: this event is known. */
static enum result store(struct ctx *c, const struct stripe_event *e, const char *error,
    bool waits, bool *new)
{
    struct query *q = db_query(c->db, Q_EVENTS_ADD);
    bind_text(q, "event_id", e->id);
    bind_text(q, "type", e->type);
    bind_text(q, "object_id", e->object_id);
    bind_text(q, "account", e->account);
    bind_int(q, "created", e->created_at);
    bind_int(q, "livemode", e->livemode);
    bind_text(q, "api_version", e->api_version);
    bind_text(q, "payload", payload_of(c, e));
    bind_int(q, "now_at", c->now_at);
    if (waits)
        bind_null(q, "processed_at");
    else
        bind_int(q, "processed_at", c->now_at);
    bind_text(q, "error", error);
    TRY(query_run(q));
    *new = query_changes(q) == 1;
    return OK;
}

static enum result check_signature(struct ctx *c, enum events_endpoint endpoint,
    const char *signature, struct span body)
{
    const char *why = "no header";
    const char *secrets = endpoint == EVENTS_OURS
                              ? c->conf->stripe_webhook_secrets
                              : c->conf->stripe_webhook_connect_secrets;
    if (signature != NULL &&
        stripe_signature_check(signature, body, secrets, c->now_at, &why) == OK)
        return OK;
    log_warn("webhook_signature", "%s: %s",
        endpoint == EVENTS_OURS ? "our account" : "connected accounts",
        text_empty(secrets) ? "no secret is configured" : why);
    return fail(c, R_INVALID, "The signature does not fit.");
}

/* What goes wrong here is not the sender's fault, whatever it is called: he shall send
 * it again. R_NOT_FOUND: it is about a payment that we do not know. */
static enum result apply_now(
    struct ctx *c, const struct events_handling *h, const struct stripe_event *e)
{
    struct actor was = bookings_as_system(c);
    enum result r = h->now(c, e);
    c->actor = was;
    if (r == OK || r == R_BUSY || (r == R_NOT_FOUND && h->later == NULL))
        return r;
    log_error(
        "webhook", "%s (%s) cannot be applied: %s", e->id, e->type, result_name(r));
    return fail(c, R_FAULT, "The event could not be applied.");
}

static enum result set_other_mode(struct ctx *c, const struct stripe_event *e)
{
    const struct difference d = {
        .kind = "event_mode",
        .source_id = e->livemode ? "live" : "test",
        .detail = ctx_printf(c, "%s (%s) is of the other mode", e->id, e->type),
    };
    return differences_found(c, &d, NULL);
}

/* The job asks Stripe for the payment that we do not know, and applies it then. */
static enum result take_now(
    struct ctx *c, const struct events_handling *h, const struct stripe_event *e)
{
    enum result r = apply_now(c, h, e);
    if (r != R_NOT_FOUND)
        return r;
    fail_clear(c);
    struct query *q = db_query(c->db, Q_EVENTS_WAIT);
    bind_text(q, "event_id", e->id);
    return query_run_one(q);
}

/* Its words may mean something else than we think. */
static bool is_other_version(const struct stripe_event *e)
{
    return *e->api_version != '\0' && !text_is(e->api_version, STRIPE_VERSION);
}

static enum result set_other_version(struct ctx *c, const struct stripe_event *e)
{
    const struct difference d = {
        .kind = "event_version",
        .source_id = e->api_version,
        .detail = ctx_printf(c,
            "Events come to %s in this version, and we were made for " STRIPE_VERSION
            ". `prep stripe-endpoints` says how the endpoints should be.",
            *e->account == '\0' ? "/stripe/webhook" : "/stripe/webhook-connect"),
        .notice = "Stripe's events come in a version that we were not made for.",
    };
    return differences_found(c, &d, NULL);
}

/* Stores and, if it is final, applies an event (own transaction). TOLD: by a webhook;
 * Stripe's list is in the account's own version, whatever the endpoints have. */
static enum result take(struct ctx *c, const struct stripe_event *e, bool told)
{
    bool ours = e->livemode == stripe_ops_live(c), other = is_other_version(e);
    const struct events_handling *h = events_handling_of(e);
    bool now = h->now != NULL && (h->later == NULL || !other);
    bool new;
    TRY(db_begin(c->db));
    TRY(store(c, e, ours ? "" : "live and test mode mixed",
        ours && !now && h->later != NULL, &new));
    if (FAULT("events.after_insert"))
        return R_FAULT;
    if (!ours)
        TRY(set_other_mode(c, e));
    if (ours && other && told)
        TRY(set_other_version(c, e));
    if (new &&ours && now)
        TRY(take_now(c, h, e));
    return db_commit(c->db);
}

enum result events_receive(struct ctx *c, enum events_endpoint endpoint,
    const char *signature, struct span body)
{
    const struct json *json;
    struct stripe_event e;
    TRY(check_signature(c, endpoint, signature, body));
    if (json_read(c->arena, body.at, body.n, &json) != OK ||
        stripe_read_event(json, &e) != OK)
        return fail(c, R_INVALID, "This is not an event.");
    return take(c, &e, true);
}

/* ---- sweeping ---------------------------------------------------------------------
 */

/* One that cannot be applied harms no other: it waits for the job `events`. */
static enum result take_swept(struct ctx *c, const struct json *j)
{
    struct stripe_event e;
    bool new;
    if (stripe_read_event(j, &e) != OK) {
        log_error("sweep", "%s is no event", json_text(j, "id"));
        return OK;
    }
    enum result r = take(c, &e, false);
    if (r == OK || r == R_BUSY)
        return r;
    const char *error = c->message != NULL ? c->message : result_name(r);
    fail_clear(c);
    db_rollback(c->db);
    TRY(db_begin(c->db));
    TRY(store(c, &e, error, true, &new));
    return db_commit(c->db);
}

static enum result read_page(
    struct ctx *c, int64_t since_at, const char *after, struct stripe_reply *reply)
{
    enum { PER_PAGE = 20 }; /* what fits into a JSON tree, however rich the objects */
    struct stripe_client client;
    struct buf form;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_int(&form, "created[gte]", since_at);
    stripe_form_int(&form, "limit", PER_PAGE);
    stripe_form_text(&form, "starting_after", *after == '\0' ? NULL : after);
    struct stripe_request request = {
        .method = "GET",
        .path = "/v1/events",
        .form = stripe_ops_form(c, &form),
    };
    stripe_ops_ask(c, &client, &request, reply);
    if (reply->outcome == STRIPE_OK)
        return OK;
    bool gone = reply->outcome == STRIPE_DEFINITIVE && *after != '\0';
    return fail(c, gone ? R_GONE : R_UPSTREAM, "Stripe's list of events: %s",
        reply->error.message);
}

enum result events_sweep(struct ctx *c, int64_t since_at, const char **after)
{
    struct stripe_reply reply;
    bool more = false;
    const char *last = NULL;
    TRY(read_page(c, since_at, *after, &reply));
    json_each(j, json_get(reply.object, "data"))
    {
        TRY(take_swept(c, j));
        last = json_text(j, "id");
    }
    bool goes_on = json_bool(reply.object, "has_more", &more) && more && last != NULL;
    *after = goes_on ? last : "";
    return OK;
}

enum result events_seen_until(struct ctx *c, int64_t *at)
{
    struct query *q = db_query(c->db, Q_JOBS_CURSOR);
    bind_text(q, "name", "sweep");
    enum result r = query_step(q);
    *at = r == OK ? col_int(q, "cursor_at") : 0;
    return query_end(r);
}

enum result events_forget(struct ctx *c, int64_t before_at, size_t max, size_t *n)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_EVENTS_FORGET);
    bind_int(q, "before_at", before_at);
    bind_int(q, "max", (int64_t)max);
    TRY(query_run(q));
    *n = (size_t)query_changes(q);
    return db_commit(c->db);
}

/* ---- reading again ----------------------------------------------------------------
 */

enum result events_due(struct ctx *c, size_t max, const char ***ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_EVENTS_DUE);
    bind_int(q, "now_at", c->now_at);
    return query_text_ids(q, max, ids, n);
}

/* What the event itself says, once more. Only what is proven not to be about a payment
 * of ours is dropped. */
static enum result repeat(
    struct ctx *c, const struct events_handling *h, const struct stripe_event *e)
{
    enum result r = events_learn(c, h, e);
    if (r == R_NOT_FOUND) {
        log_warn(
            "event_unknown", "%s (%s) is of no payment of ours", e->object_id, e->type);
        fail_clear(c);
        return OK;
    }
    TRY(r);
    TRY(db_begin(c->db));
    TRY(apply_now(c, h, e));
    return db_commit(c->db);
}

static enum result note(
    struct ctx *c, const struct stripe_event *e, bool by_object, enum result r)
{
    const char *error = c->message != NULL ? c->message : result_name(r);
    if (db_in_transaction(c->db))
        db_rollback(c->db);
    if (r != OK && c->outside == OUTSIDE_REFUSES)
        return r; /* no try of the event's */
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, r == OK ? Q_EVENTS_DONE : Q_EVENTS_FAILED);
    bind_text(q, "event_id", e->id);
    if (r == OK)
        bind_int(q, "now_at", c->now_at);
    else
        bind_text(q, "error", error);
    TRY(query_run(q));
    if (r == OK && by_object) {
        q = db_query(c->db, Q_EVENTS_DONE_WITH);
        bind_text(q, "object_id", e->object_id);
        bind_text(q, "account", e->account);
        bind_int(q, "now_at", c->now_at);
        TRY(query_run(q));
    }
    return db_commit(c->db);
}

enum result events_process(struct ctx *c, const char *event_id)
{
    struct query *q = db_query(c->db, Q_EVENTS_GET);
    bind_text(q, "event_id", event_id);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return OK; /* another process was quicker */
    TRY(r);
    struct stripe_event e = {
        .id = event_id,
        .type = col_text(q, "type"),
        .object_id = col_text(q, "object_id"),
        .account = col_text(q, "account"),
    };
    const char *payload = col_text(q, "payload");
    const struct events_handling *h = events_handling_of(&e);
    if (h->later != NULL) {
        r = h->later(c, e.object_id, e.account);
    } else if (h->now != NULL) {
        r = json_read(c->arena, payload, strlen(payload), &e.object);
        if (r == OK)
            r = repeat(c, h, &e);
    }
    return note(c, &e, h->later != NULL, r);
}
