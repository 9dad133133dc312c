#include "domain/compliance.h"

#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/catalogue.h"
#include "domain/claims.h"
#include "domain/kitchens.h"
#include "domain/listings.h"
#include "domain/notices.h"
#include "domain/outbox.h"
#include "storage/sniff.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

enum {
    DAY_S = 86400,
    REASON_MAX = 2000,
    YEAR_DAYS = 366,
    AGE_MAX_YEARS = 50,
    LIFE_MAX_YEARS = 30
};

/* ---- which state leads where, and who takes it there ---- */

static const struct edge {
    const char *from, *to;
    bool admin; /* false: the clock, or a newer paper */
} edges[] = {
    { "pending", "approved", true },
    { "pending", "rejected", true },
    { "approved", "rejected", true },
    { "approved", "superseded", false },
    { "approved", "expired", false },
};

static bool admin_may(const char *from, const char *to)
{
    for (size_t i = 0; i < COUNT_OF(edges); i++)
        if (edges[i].admin && text_is(edges[i].from, from) && text_is(edges[i].to, to))
            return true;
    return false;
}

bool compliance_can_approve(const struct document *d)
{
    return admin_may(d->state, "approved");
}

bool compliance_can_reject(const struct document *d)
{
    return admin_may(d->state, "rejected");
}

bool compliance_required(const char *kind)
{
    return text_is(kind, "health_permit") || text_is(kind, "business_license") ||
           text_is(kind, "insurance");
}

struct store compliance_store(struct ctx *c)
{
    return (struct store) { .root = ctx_printf(c, "%s/documents", c->conf->data_dir) };
}

/* ---- uploading ---- */

static enum result refuse(
    struct ctx *c, const char **field, const char *name, const char *sentence)
{
    *field = name;
    return fail(c, R_INVALID, "%s", sentence);
}

static enum result check_dates(
    struct ctx *c, const struct document_input *in, const char **field)
{
    int64_t today = c->now_at / DAY_S;
    /* A day ahead of UTC is today somewhere. */
    if (in->issued_day > today + 1)
        return refuse(c, field, "issued",
            "This date has not come yet. Enter the day it was issued.");
    if (in->issued_day < today - AGE_MAX_YEARS * YEAR_DAYS)
        return refuse(c, field, "issued", "That is very long ago. Check the year.");
    if (in->expires_day <= in->issued_day)
        return refuse(
            c, field, "expires", "It must expire after the day it was issued.");
    if (in->expires_day < today)
        return refuse(c, field, "expires",
            "This paper has expired. Send the one that is valid now.");
    if (in->expires_day > today + LIFE_MAX_YEARS * YEAR_DAYS)
        return refuse(c, field, "expires", "That is very far ahead. Check the year.");
    return OK;
}

/* What the file is goes by its content; then its name must not say otherwise. */
static enum result check_file(struct ctx *c, const struct document_input *in,
    enum sniff *type, const char **field)
{
    if (in->bytes == 0)
        return refuse(c, field, "document", "This file is empty. Choose it again.");
    if (in->bytes > DOCUMENT_BYTES_MAX)
        return refuse(c, field, "document",
            "This file is larger than 10 MB. Scan it with less detail and send that.");
    *type = sniff_file(in->path);
    if (*type != SNIFF_PDF && *type != SNIFF_JPEG && *type != SNIFF_PNG)
        return refuse(c, field, "document",
            "Papers must be PDF, JPEG or PNG files. This one is none of them, or it is "
            "damaged.");
    if (!sniff_name_fits(*type, in->file_name))
        return refuse(c, field, "document",
            ctx_printf(c,
                "This file holds a %s, but its name says something else. Rename it to "
                "end in %s.",
                sniff_extension(*type) + 1, sniff_extension(*type)));
    return OK;
}

static enum result check_input(struct ctx *c, int64_t kitchen_id,
    const struct document_input *in, enum sniff *type, const char **field)
{
    if (catalogue_find(CATALOGUE_DOCUMENTS, in->kind) < 0)
        return refuse(c, field, "kind", "Choose one from the list.");
    TRY(check_dates(c, in, field));
    TRY(check_file(c, in, type, field));
    struct query *q = db_query(c->db, Q_COMPLIANCE_COUNT);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_step(q));
    if (col_int(q, "documents") >= DOCUMENTS_MAX)
        return refuse(c, field, "document",
            "This kitchen has as many papers as we keep. Write to us if you need to "
            "send more.");
    return OK;
}

static enum result add(struct ctx *c, int64_t kitchen_id,
    const struct document_input *in, const char *hash, enum sniff type)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_ADD);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_text(q, "kind", in->kind);
    bind_text(q, "number", in->number);
    bind_text(q, "authority", in->authority);
    bind_int(q, "issued_day", in->issued_day);
    bind_int(q, "expires_day", in->expires_day);
    bind_text(q, "hash", hash);
    bind_text(q, "mime", sniff_mime(type));
    bind_int(q, "bytes", in->bytes);
    bind_text(q, "file_name", in->file_name);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return audit_add(c, "document.upload", "document", db_last_id(c->db),
        catalogue_label(CATALOGUE_DOCUMENTS, in->kind));
}

static enum result add_once(struct ctx *c, int64_t kitchen_id,
    const struct document_input *in, const char *hash, enum sniff type)
{
    const char *route =
        ctx_printf(c, "/host/listings/%lld/documents", (long long)kitchen_id);
    const char *post = ctx_printf(c, "%s\n%s\n%s\n%lld\n%lld\n%s", in->kind, in->number,
        in->authority, (long long)in->issued_day, (long long)in->expires_day, hash);
    const struct span body = { post, strlen(post) };
    struct claims_answer answer = { 303, route };
    bool again;
    TRY(db_begin(c->db));
    TRY(claims_post(c, in->key, route, body, &again, &answer));
    if (!again) {
        TRY(add(c, kitchen_id, in, hash, type));
        TRY(claims_answer(c, in->key, route, body, &answer));
    }
    return db_commit(c->db);
}

/* After the row could not be written: the file goes, unless another row has it. */
static void forget_file(struct ctx *c, const struct store *s, const char *hash)
{
    db_rollback(c->db);
    struct query *q = db_query(c->db, Q_COMPLIANCE_USES);
    bind_text(q, "hash", hash);
    if (query_step(q) == OK && col_int(q, "used") == 0 &&
        store_remove(s, c->arena, hash, "") != OK)
        log_warn("compliance", "left behind %s", hash);
}

enum result compliance_upload(struct ctx *c, int64_t kitchen_id,
    const struct document_input *in, const char **field)
{
    struct kitchen k;
    enum sniff type = SNIFF_UNKNOWN;
    const char *hash;
    TRY(accounts_need_verified(c));
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(check_input(c, kitchen_id, in, &type, field));
    struct store s = compliance_store(c);
    TRY(store_put_file(&s, c->arena, in->path, &hash));
    enum result r = add_once(c, kitchen_id, in, hash, type);
    if (r != OK)
        forget_file(c, &s, hash);
    return r;
}

/* ---- reading ---- */

static void read_document(struct query *q, struct document *d)
{
    *d = (struct document) {
        .id = col_int(q, "id"),
        .kitchen_id = col_int(q, "kitchen_id"),
        .host_id = col_int(q, "host_id"),
        .issued_day = col_int(q, "issued_day"),
        .expires_day = col_int(q, "expires_day"),
        .bytes = col_int(q, "bytes"),
        .created_at = col_int(q, "created_at"),
        .decided_at = col_int(q, "decided_at"),
        .kind = col_text(q, "kind"),
        .state = col_text(q, "state"),
        .number = col_text(q, "number"),
        .authority = col_text(q, "authority"),
        .reason = col_text(q, "reason"),
        .hash = col_text(q, "hash"),
        .mime = col_text(q, "mime"),
        .file_name = col_text(q, "file_name"),
        .kitchen_title = col_text(q, "title"),
        .host_name = col_text(q, "host_name"),
        .decider = col_text(q, "decider"),
    };
}

static enum result read_documents(
    struct ctx *c, struct query *q, size_t max, struct document **out, size_t *n)
{
    struct document *rows = arena_array(c->arena, max, sizeof *rows);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_document(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

static bool is_staff(const struct ctx *c)
{
    return c->actor.role == ROLE_ADMIN || c->actor.role == ROLE_SUPPORT ||
           c->actor.role == ROLE_SYSTEM;
}

enum result compliance_get(struct ctx *c, int64_t id, struct document *out)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_GET);
    bind_int(q, "id", id);
    enum result r = query_step(q);
    if (r == OK)
        read_document(q, out);
    if (r == R_NOT_FOUND ||
        (r == OK && !is_staff(c) && out->host_id != c->actor.user_id))
        return fail(c, R_NOT_FOUND, "There is no such paper among yours.");
    return r;
}

enum result compliance_of(
    struct ctx *c, int64_t kitchen_id, struct document **out, size_t *n)
{
    struct kitchen k;
    TRY(kitchens_own(c, kitchen_id, &k));
    struct query *q = db_query(c->db, Q_COMPLIANCE_OF);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "max", DOCUMENTS_MAX);
    return read_documents(c, q, DOCUMENTS_MAX, out, n);
}

enum result compliance_in_state(struct ctx *c, const char *state, int64_t before_id,
    size_t max, struct document **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_IN_STATE);
    bind_text(q, "state", state);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    return read_documents(c, q, max, out, n);
}

enum result compliance_waiting(
    struct ctx *c, size_t max, struct document **out, size_t *n, int64_t *total)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_WAITING_COUNT);
    TRY(query_step(q));
    *total = col_int(q, "waiting");
    q = db_query(c->db, Q_COMPLIANCE_WAITING);
    bind_int(q, "max", (int64_t)max);
    return read_documents(c, q, max, out, n);
}

/* ---- deciding ---- */

/* A notice and a mail to the host: the paper WHAT ("was approved"). */
static enum result tell_host(
    struct ctx *c, const struct document *d, const char *what, const char *reason)
{
    const char *paper = catalogue_label(CATALOGUE_DOCUMENTS, d->kind);
    const char *path =
        ctx_printf(c, "/host/listings/%lld/documents", (long long)d->kitchen_id);
    const struct outbox_field fields[] = {
        { "full_name", d->host_name },
        { "title", d->kitchen_title },
        { "paper", paper },
        { "what", what },
        { "reason", reason },
        { "link", ctx_printf(c, "%s%s", c->conf->base_url, path) },
    };
    TRY(notices_add(c, d->host_id, "document",
        ctx_printf(c, "%s of %s %s.", paper, d->kitchen_title, what), path));
    return outbox_add(c, "document_decided", d->host_id,
        ctx_printf(c, "document:%lld:%s", (long long)d->id, what), fields,
        COUNT_OF(fields));
}

static enum result check_decision(
    struct ctx *c, const struct document *d, bool approve, const char *reason)
{
    if (c->actor.role != ROLE_ADMIN && c->actor.role != ROLE_SYSTEM)
        return fail(c, R_DENIED, "Only an administrator decides on papers.");
    if (!admin_may(d->state, approve ? "approved" : "rejected"))
        return fail(c, R_CONFLICT,
            "This paper is %s now, so that is no longer possible. Open it again to see "
            "it as it is.",
            d->state);
    if (approve && d->expires_day < c->now_at / DAY_S)
        return fail(
            c, R_CONFLICT, "This paper has expired meanwhile. Reject it and say so.");
    if (!approve && text_empty(reason))
        return fail(
            c, R_INVALID, "Say why, so that the host knows what to send instead.");
    if (text_utf8_length(reason) > REASON_MAX)
        return fail(c, R_INVALID, "Keep the reason under 2,000 characters.");
    return OK;
}

static enum result supersede(struct ctx *c, const struct document *d)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_NEWER);
    bind_int(q, "kitchen_id", d->kitchen_id);
    bind_text(q, "kind", d->kind);
    bind_int(q, "id", d->id);
    TRY(query_step(q));
    if (col_int(q, "newer") != 0)
        return fail(c, R_CONFLICT,
            "A newer paper of this kind is approved already. Reject this one.");
    q = db_query(c->db, Q_COMPLIANCE_SUPERSEDE);
    bind_int(q, "kitchen_id", d->kitchen_id);
    bind_text(q, "kind", d->kind);
    bind_int(q, "id", d->id);
    return query_run(q);
}

enum result compliance_decide(
    struct ctx *c, int64_t id, bool approve, const char *reason)
{
    struct document d;
    TRY(compliance_get(c, id, &d));
    TRY(check_decision(c, &d, approve, reason));
    TRY(db_begin(c->db));
    if (approve)
        TRY(supersede(c, &d));
    struct query *q = db_query(c->db, Q_COMPLIANCE_DECIDE);
    bind_int(q, "id", id);
    bind_text(q, "was", d.state);
    bind_text(q, "state", approve ? "approved" : "rejected");
    bind_text(q, "reason", reason);
    bind_id(q, "decided_by", c->actor.user_id);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(
            c, r, "Somebody else has just decided on this paper. Open it again.");
    TRY(r);
    TRY(audit_add(
        c, approve ? "document.approve" : "document.reject", "document", id, reason));
    TRY(tell_host(c, &d, approve ? "was approved" : "was rejected", reason));
    TRY(listings_refresh(c, d.kitchen_id));
    return db_commit(c->db);
}

/* ---- the clock ---- */

enum result compliance_overdue(struct ctx *c, size_t max, int64_t **ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_COMPLIANCE_OVERDUE);
    bind_int(q, "today", c->now_at / DAY_S);
    return query_ids(q, max, ids, n);
}

enum result compliance_expire(struct ctx *c, int64_t id)
{
    struct document d;
    TRY(compliance_get(c, id, &d));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_COMPLIANCE_EXPIRE);
    bind_int(q, "id", id);
    bind_int(q, "today", c->now_at / DAY_S);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT) /* replaced or rejected in the meantime */
        return OK;
    TRY(r);
    TRY(audit_add(c, "document.expire", "document", id, ""));
    TRY(tell_host(c, &d, "has expired",
        compliance_required(d.kind)
            ? "Without it the kitchen cannot be booked. Send the renewed paper."
            : "Send the renewed paper."));
    TRY(listings_refresh(c, d.kitchen_id));
    return db_commit(c->db);
}
