#include "domain/host_accounts.h"

#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/listings.h"
#include "domain/notices.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

struct row {
    int64_t user_id;
    struct host_account account;
};

static enum result read_row(struct query *q, struct row *out)
{
    TRY(query_step(q));
    *out = (struct row) {
        .user_id = col_int(q, "user_id"),
        .account = {
            .uid = col_text(q, "uid"),
            .account_id = col_text(q, "account_id"),
            .transfers_active = col_int(q, "transfers_active") != 0,
            .payouts_enabled = col_int(q, "payouts_enabled") != 0,
            .disabled_reason = col_text(q, "disabled_reason"),
            .requirements = col_text(q, "requirements"),
            .deadline_at = col_int(q, "deadline_at"),
            .checked_at = col_int(q, "checked_at"),
        },
    };
    return OK;
}

static enum result row_of(struct ctx *c, int64_t user_id, struct row *out)
{
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_GET);
    bind_int(q, "user_id", user_id);
    return read_row(q, out);
}

static enum result get_row(struct ctx *c, struct row *out)
{
    return row_of(c, c->actor.user_id, out);
}

enum result host_accounts_of(struct ctx *c, int64_t user_id, struct host_account *out)
{
    struct row row;
    TRY(row_of(c, user_id, &row));
    *out = row.account;
    return OK;
}

enum result host_accounts_get(struct ctx *c, struct host_account *out)
{
    return host_accounts_of(c, c->actor.user_id, out);
}

enum result host_accounts_suspect(struct ctx *c, int64_t user_id)
{
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_SUSPECT);
    bind_int(q, "user_id", user_id);
    return query_run(q);
}

/* ---- making it --------------------------------------------------------------------
 */

static enum result add_row(struct ctx *c, struct row *out)
{
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_ADD);
    bind_int(q, "user_id", c->actor.user_id);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(audit_add(c, "host_account.open", "user", c->actor.user_id, ""));
    return get_row(c, out);
}

/* Who gave us the name of a business most likely has one. It is only what Stripe's
 * pages begin with: there the host says how it is, so a wrong guess costs him a click,
 * while nothing at all costs everybody a question. */
static const char *business_type(const struct account *host)
{
    return text_empty(host->business_name) ? "individual" : "company";
}

/* Where Stripe can see what is sold: this site. The host's own pages may not be public
 * yet when he connects. Stripe takes only what it can reach. */
static const char *public_url(const struct ctx *c)
{
    return text_starts(c->conf->base_url, "https://") ? c->conf->base_url : NULL;
}

static enum result add_op(
    struct ctx *c, const char *uid, int64_t attempt, struct stripe_op *op)
{
    struct account host;
    struct buf form;
    TRY(accounts_get(c, c->actor.user_id, &host));
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "country", "US");
    stripe_form_text(&form, "email", c->actor.email);
    stripe_form_text(&form, "business_type", business_type(&host));
    stripe_form_text(&form, "controller[fees][payer]", "application");
    stripe_form_text(&form, "controller[losses][payments]", "application");
    stripe_form_text(&form, "controller[requirement_collection]", "stripe");
    stripe_form_text(&form, "controller[stripe_dashboard][type]", "express");
    stripe_form_bool(&form, "capabilities[transfers][requested]", true);
    stripe_form_text(&form, "business_profile[mcc]", "6513"); /* rentals */
    stripe_form_text(&form, "business_profile[url]", public_url(c));
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[host_uid]", uid);
    struct stripe_op_new new = {
        .kind = "acct",
        .subject_uid = uid,
        .attempt = attempt,
        .path = "/v1/accounts",
        .body = stripe_ops_form(c, &form),
        .now = true,
    };
    return stripe_ops_add(c, &new, op);
}

/* The row and, while Stripe has not answered, the call that is to be made. */
static enum result want(struct ctx *c, struct row *row, struct stripe_op *op)
{
    enum result r = get_row(c, row);
    TRY(r == R_NOT_FOUND ? add_row(c, row) : r);
    if (row->account.account_id != NULL)
        return OK;
    r = stripe_ops_newest(c, "acct", row->account.uid, op);
    if (r == R_NOT_FOUND)
        return add_op(c, row->account.uid, 1, op);
    TRY(r);
    bool over = text_is(op->state, "rejected") || text_is(op->state, "review");
    return over ? add_op(c, row->account.uid, op->attempt + 1, op)
                : stripe_ops_lease(c, op);
}

enum result host_accounts_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct stripe_account account;
    if (reply->outcome != STRIPE_OK)
        return OK; /* the host's next try makes a new attempt */
    TRY(stripe_read_account(reply->object, &account));
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_ANSWERED);
    bind_text(q, "uid", op->subject_uid);
    bind_text(q, "account_id", account.id);
    enum result r = query_step(q);
    if (r != OK)
        return query_end(r); /* none, if it is known already */
    return audit_add(
        c, "host_account.linked", "user", col_int(q, "user_id"), account.id);
}

static enum result make(
    struct ctx *c, const struct stripe_client *client, const struct stripe_op *op)
{
    struct stripe_reply reply;
    bool first;
    stripe_ops_call(c, client, op, &reply);
    TRY(db_begin(c->db));
    TRY(stripe_ops_settle(c, op, &reply, &first));
    if (first)
        TRY(host_accounts_answered(c, op, &reply));
    TRY(db_commit(c->db));
    return reply.outcome == STRIPE_OK ? OK : stripe_ops_unreached(c);
}

/* ---- links ------------------------------------------------------------------------
 */

/* Links may be made twice and need no row. */
static enum result post_link(struct ctx *c, const struct stripe_client *client,
    const char *path, const char *form, const char **url)
{
    struct stripe_reply reply;
    struct stripe_request request = { .method = "POST", .path = path, .form = form };
    stripe_ops_ask(c, client, &request, &reply);
    *url = json_text(reply.object, "url");
    if (reply.outcome == STRIPE_OK && *url != NULL)
        return OK;
    log_warn("stripe_link", "%s: %s", path, stripe_outcome_name(reply.outcome));
    return stripe_ops_unreached(c);
}

static enum result onboarding(struct ctx *c, const struct stripe_client *client,
    const char *account_id, const char **url)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "account", account_id);
    stripe_form_text(&form, "type", "account_onboarding");
    stripe_form_text(&form, "refresh_url",
        ctx_printf(c, "%s/host/stripe/refresh", c->conf->base_url));
    stripe_form_text(
        &form, "return_url", ctx_printf(c, "%s/host/stripe/return", c->conf->base_url));
    stripe_form_text(&form, "collection_options[fields]", "eventually_due");
    return post_link(c, client, "/v1/account_links", stripe_ops_form(c, &form), url);
}

static enum result own_account(struct ctx *c, struct row *row)
{
    enum result r = get_row(c, row);
    if (r == R_NOT_FOUND || (r == OK && row->account.account_id == NULL))
        return fail(c, R_NOT_FOUND,
            "You have no Stripe account with us yet. Connect one first.");
    return r;
}

enum result host_accounts_connect(struct ctx *c, const char **url)
{
    struct stripe_client client;
    struct row row;
    struct stripe_op op;
    TRY(stripe_ops_client(c, STRIPE_PAGE_MS, &client));
    TRY(db_begin(c->db));
    TRY(want(c, &row, &op));
    TRY(db_commit(c->db));
    if (row.account.account_id == NULL) {
        TRY(make(c, &client, &op));
        TRY(own_account(c, &row));
    }
    return onboarding(c, &client, row.account.account_id, url);
}

enum result host_accounts_link(struct ctx *c, const char **url)
{
    struct stripe_client client;
    struct row row;
    TRY(own_account(c, &row));
    TRY(stripe_ops_client(c, STRIPE_PAGE_MS, &client));
    return onboarding(c, &client, row.account.account_id, url);
}

enum result host_accounts_login(struct ctx *c, const char **url)
{
    struct stripe_client client;
    struct row row;
    TRY(own_account(c, &row));
    TRY(stripe_ops_client(c, STRIPE_PAGE_MS, &client));
    return post_link(c, &client,
        ctx_printf(c, "/v1/accounts/%s/login_links", row.account.account_id), "", url);
}

/* ---- what Stripe says -------------------------------------------------------------
 */

/* Stripe's names of what it wants, by how they begin; the first row that fits counts.
 * Its own pages ask for each in full. */
static const char *requirement_words(const char *name)
{
    static const char *const words[][2] = {
        { "external_account", "your bank account" },
        { "tos_acceptance", "that you accept its terms" },
        { "business_type", "whether you are a company or a person" },
        { "business_profile", "what your business does" },
        { "individual.verification", "a picture of your passport or driving licence" },
        { "individual.ssn_last_4", "your Social Security number" },
        { "individual.id_number", "your Social Security number" },
        { "individual.dob", "your date of birth" },
        { "individual.address", "your address" },
        { "individual.", "details about you" },
        { "company.", "details about your company" },
        { "person_", "details about who runs or owns your company" },
        { "representative", "details about who runs or owns your company" },
        { "owners", "details about who runs or owns your company" },
        { "executives", "details about who runs or owns your company" },
        { "directors", "details about who runs or owns your company" },
        { "", "more, which its pages name" },
    };
    size_t i = 0;
    while (!text_starts(name, words[i][0]))
        i++;
    return words[i][1];
}

/* "your address, your date of birth": each once. */
/* "details about you" is part of "details about your company", and yet not listed. */
static bool is_listed(struct ctx *c, const char *list, const char *words)
{
    return strstr(ctx_printf(c, ", %s,", list), ctx_printf(c, ", %s,", words)) != NULL;
}

static const char *requirements_list(struct ctx *c, const struct json *names)
{
    const char *list = "";
    json_each(j, names)
    {
        const char *words = j->kind == JSON_TEXT ? requirement_words(j->text) : "";
        if (*words != '\0' && !is_listed(c, list, words))
            list = ctx_printf(c, "%s%s%s", list, *list == '\0' ? "" : ", ", words);
    }
    return list;
}

static const char *requirements_of(struct ctx *c, const struct stripe_account *a)
{
    if (a->past_due != NULL && a->past_due->count > 0)
        return ctx_printf(c, "Stripe waits for what is overdue: %s.",
            requirements_list(c, a->past_due));
    if (a->currently_due != NULL && a->currently_due->count > 0)
        return ctx_printf(
            c, "Stripe still needs: %s.", requirements_list(c, a->currently_due));
    return "";
}

static enum result changed(struct ctx *c, int64_t user_id, bool transfers_active)
{
    TRY(audit_add(c, transfers_active ? "host_account.active" : "host_account.inactive",
        "user", user_id, ""));
    return notices_add(c, user_id, "host_account",
        transfers_active
            ? "Stripe can pay you now: approved kitchens can be booked."
            : "Stripe has paused your account: your kitchens cannot be booked.",
        "/host/stripe");
}

/* The host's own affair with Stripe, and he should know. */
static enum result payouts_stopped(struct ctx *c, int64_t user_id)
{
    return notices_add(c, user_id, "payouts",
        "Stripe has stopped paying out to your bank. Open Stripe and look at your bank "
        "account; your money waits there.",
        "/host/stripe");
}

static enum result set(struct ctx *c, const struct stripe_account *a)
{
    struct row row;
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_BY_ACCOUNT);
    bind_text(q, "account_id", a->id);
    TRY(read_row(q, &row));
    bool active = text_is(a->transfers, "active");
    q = db_query(c->db, Q_HOST_ACCOUNTS_SET);
    bind_text(q, "account_id", a->id);
    bind_int(q, "transfers_active", active);
    bind_int(q, "payouts_enabled", a->payouts_enabled);
    bind_text(q, "disabled_reason", a->disabled_reason);
    bind_text(q, "requirements", requirements_of(c, a));
    bind_int(q, "deadline_at", a->deadline_at);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    if (active != row.account.transfers_active)
        TRY(changed(c, row.user_id, active));
    if (row.account.payouts_enabled && !a->payouts_enabled)
        TRY(payouts_stopped(c, row.user_id));
    TRY(listings_refresh_host(c, row.user_id));
    return db_commit(c->db);
}

enum result host_accounts_check_id(
    struct ctx *c, const char *account_id, int64_t total_ms)
{
    struct stripe_client client;
    struct stripe_reply reply;
    struct stripe_account account = {
        .id = account_id,
        .transfers = "",
        .disabled_reason = "the account is gone, or not connected with us any more",
    };
    struct row row;
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_BY_ACCOUNT);
    bind_text(q, "account_id", account_id);
    enum result r = read_row(q, &row);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    TRY(stripe_ops_client(c, total_ms, &client));
    r = stripe_ops_read(
        c, &client, ctx_printf(c, "/v1/accounts/%s", account_id), &reply);
    if (r == OK)
        TRY(stripe_read_account(reply.object, &account));
    else if (reply.outcome != STRIPE_DEFINITIVE)
        return r;
    fail_clear(c);
    return set(c, &account);
}

enum result host_accounts_check(struct ctx *c)
{
    struct row row;
    TRY(own_account(c, &row));
    return host_accounts_check_id(c, row.account.account_id, STRIPE_PAGE_MS);
}

enum result host_accounts_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***account_ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_HOST_ACCOUNTS_STALE);
    bind_int(q, "before_at", before_at);
    return query_text_ids(q, max, account_ids, n);
}
