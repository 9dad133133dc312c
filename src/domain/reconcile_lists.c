/* What Stripe's lists say. */
#include "domain/differences.h"
#include "domain/ledger.h"
#include "domain/reconcile.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/log.h"

enum {
    PER_PAGE = 50,
    OVERLAP_S = 2 * 86400, /* lists are not in the order in which things happened */
    TRIES_MAX = 5,         /* at reading the balance while nothing moves */
};

/* ---- movements --------------------------------------------------------------------
 */

/* Which movement of the ledger one of Stripe's should be. */
static const struct sort {
    const char *type, *class;
    bool by_itself; /* its key is its own id; else its source's */
} sorts[] = {
    { "charge", "charge", false },
    { "payment", "charge", false },
    { "refund", "refund", false },
    { "payment_refund", "refund", false },
    { "refund_failure", "refund_failed", false },
    { "payment_failure_refund", "refund_failed", false },
    { "transfer", "transfer", false },
    { "transfer_refund", "reversal", false },
    { "transfer_cancel", "reversal", false },
    { "transfer_failure", "reversal", false },
    { "adjustment", "dispute", true },
    { "payout", "payout", true },
    { "payout_cancel", "payout", true },
    { "payout_failure", "payout", true },
    { "topup", "payout", true },
    { "topup_reversal", "payout", true },
    { "stripe_fee", "stripe_fee", true },
    { "stripe_fx_fee", "stripe_fee", true },
    { "tax_fee", "stripe_fee", true },
};

static const struct sort *sort_of(const struct stripe_movement *m)
{
    static const struct sort unknown = { "", "unknown", true };
    if (!text_is(m->currency, PAYMENTS_CURRENCY))
        return &unknown;
    for (size_t i = 0; i < COUNT_OF(sorts); i++) {
        if (!text_is(sorts[i].type, m->type))
            continue;
        bool disputed =
            text_starts(m->source_id, "du_") || text_starts(m->source_id, "dp_");
        bool fits = !text_is(sorts[i].class, "dispute") || disputed;
        return fits ? &sorts[i] : &unknown;
    }
    return &unknown;
}

/* What leaves our balance (below zero: comes into it) for an account of ours that only
 * Stripe tells us of. */
static enum result post(struct ctx *c, const struct stripe_movement *m,
    const char *kind, enum ledger_account account, int64_t cents)
{
    return ledger_post(c, &(struct ledger_movement) {
                              .kind = kind,
                              .source_id = m->id,
                              .debit = cents > 0 ? account : LEDGER_STRIPE,
                              .credit = cents > 0 ? LEDGER_STRIPE : account,
                              .amount = cents_of(cents > 0 ? cents : -cents),
                          });
}

/* Keeps one, once, and posts what it costs and what it pays out. */
static enum result keep(struct ctx *c, const struct stripe_movement *m, bool *new)
{
    const struct sort *s = sort_of(m);
    struct query *q = db_query(c->db, Q_RECONCILE_KEEP);
    bind_text(q, "transaction_id", m->id);
    bind_text(q, "type", m->type);
    bind_text(q, "class", s->class);
    bind_text(q, "source_key", s->by_itself ? m->id : m->source_id);
    bind_int(q, "amount_cents", m->amount.n);
    bind_int(q, "fee_cents", m->fee.n);
    bind_int(q, "created", m->created_at);
    TRY(query_run(q));
    *new = query_changes(q) == 1;
    if (!*new || !text_is(m->currency, PAYMENTS_CURRENCY))
        return OK;
    bool is_fee = text_is(s->class, "stripe_fee");
    TRY(post(
        c, m, "stripe_fee", LEDGER_STRIPE_FEES, m->fee.n - (is_fee ? m->amount.n : 0)));
    return text_is(s->class, "payout") ? post(c, m, "payout", LEDGER_BANK, -m->amount.n)
                                       : OK;
}

/* ---- pages ------------------------------------------------------------------------
 */

static enum result get(struct ctx *c, const char *path, int64_t since_at,
    const char *after, struct stripe_reply *reply)
{
    struct stripe_client client;
    struct buf form;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_int(&form, "limit", PER_PAGE);
    if (since_at > 0)
        stripe_form_int(&form, "created[gte]", since_at);
    stripe_form_text(&form, "starting_after", *after == '\0' ? NULL : after);
    struct stripe_request request = {
        .method = "GET",
        .path = path,
        .form = stripe_ops_form(c, &form),
    };
    stripe_ops_ask(c, &client, &request, reply);
    return reply->outcome == STRIPE_OK ? OK
                                       : fail(c, R_UPSTREAM, "Stripe's list %s: %s",
                                             path, reply->error.message);
}

/* The page of a list behind *AFTER, which becomes its last; "": there is no further. */
static enum result read_page(struct ctx *c, const struct reconcile_look *look,
    const char *path, const char **after, const struct json **data)
{
    struct stripe_reply reply;
    const char *last = "";
    bool more = false;
    int64_t since_at = look->since_at == 0 ? 0 : look->since_at - OVERLAP_S;
    TRY(get(c, path, since_at, *after, &reply));
    *data = json_get(reply.object, "data");
    if (json_bool(reply.object, "has_more", &more) && more)
        json_each(j, *data) last = json_text(j, "id");
    *after = last == NULL ? "" : last;
    return OK;
}

/* *NEWS: how many of them we did not have. */
static enum result keep_all(struct ctx *c, const struct json *data, size_t *news)
{
    struct stripe_movement m;
    bool new;
    *news = 0;
    TRY(db_begin(c->db));
    json_each(j, data)
    {
        TRY(stripe_read_movement(j, &m));
        TRY(keep(c, &m, &new));
        *news += new;
    }
    return db_commit(c->db);
}

enum result reconcile_movements(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    const struct json *data;
    size_t news;
    TRY(read_page(c, look, "/v1/balance_transactions", after, &data));
    return keep_all(c, data, &news);
}

/* ---- adopting ---------------------------------------------------------------------
 */

static enum result adopt_transfer(struct ctx *c, const struct json *j)
{
    struct stripe_transfer transfer;
    TRY(stripe_read_transfer(j, &transfer));
    return transfers_apply(c, &transfer);
}

static enum result adopt_refund(struct ctx *c, const struct json *j)
{
    struct stripe_refund refund;
    TRY(stripe_read_refund(j, &refund));
    return refunds_apply(c, &refund);
}

/* Each in a transaction of its own: what cannot be adopted will be a difference. */
static enum result adopt_all(struct ctx *c, const struct json *data,
    enum result (*adopt)(struct ctx *c, const struct json *j))
{
    json_each(j, data)
    {
        TRY(db_begin(c->db));
        enum result r = adopt(c, j);
        if (r == OK)
            r = db_commit(c->db);
        if (r == OK)
            continue;
        log_error("reconcile", "%s cannot be applied: %s", json_text(j, "id"),
            c->message != NULL ? c->message : result_name(r));
        fail_clear(c);
        db_rollback(c->db);
    }
    return OK;
}

enum result reconcile_transfers(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    const struct json *data;
    TRY(read_page(c, look, "/v1/transfers", after, &data));
    return adopt_all(c, data, adopt_transfer);
}

enum result reconcile_refunds(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    const struct json *data;
    TRY(read_page(c, look, "/v1/refunds", after, &data));
    return adopt_all(c, data, adopt_refund);
}

/* ---- the balance ------------------------------------------------------------------
 */

static int64_t sum_of(const struct json *parts)
{
    int64_t sum = 0, cents;
    json_each(j, parts)
    {
        if (text_is(json_text(j, "currency"), PAYMENTS_CURRENCY) &&
            json_int(j, "amount", &cents))
            sum += cents;
    }
    return sum;
}

static enum result compare(
    struct ctx *c, const struct reconcile_look *look, struct cents theirs)
{
    struct cents ours;
    int64_t under_way;
    TRY(db_begin(c->db));
    TRY(ledger_total(c, LEDGER_STRIPE, 0, &ours));
    TRY(reconcile_under_way(c, look, &under_way));
    if (theirs.n - ours.n != under_way) {
        const struct difference d = {
            .kind = "balance",
            .source_id = PAYMENTS_CURRENCY,
            .detail = ctx_printf(c, "Stripe has %s, the ledger %s; %s is under way",
                cents_format(c->arena, theirs), cents_format(c->arena, ours),
                cents_format(c->arena, cents_of(under_way))),
        };
        TRY(differences_found(c, &d, NULL));
    }
    return db_commit(c->db);
}

/* It is what its movements add up to only while nothing moves: if there is news after
 * it was read, it is read again. */
enum result reconcile_balance(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    struct stripe_client client;
    struct stripe_reply balance, reply;
    int64_t tries;
    size_t news;
    if (!text_int(*after, 0, TRIES_MAX, &tries))
        tries = 0;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    TRY(stripe_ops_read(c, &client, "/v1/balance", &balance));
    TRY(get(c, "/v1/balance_transactions", 0, "", &reply));
    TRY(keep_all(c, json_get(reply.object, "data"), &news));
    if (news > 0 && tries < TRIES_MAX) {
        *after = ctx_printf(c, "%lld", (long long)tries + 1);
        return OK;
    }
    *after = "";
    if (news > 0) {
        log_warn("reconcile", "the balance never stood still");
        return OK;
    }
    int64_t theirs = sum_of(json_get(balance.object, "available")) +
                     sum_of(json_get(balance.object, "pending"));
    return compare(c, look, cents_of(theirs));
}
