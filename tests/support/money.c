#include "support/money.h"

#include <check.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "domain/calls.h"
#include "domain/checkout.h"
#include "domain/differences.h"
#include "domain/events.h"
#include "domain/host_accounts.h"
#include "domain/reconcile.h"
#include "domain/transfers.h"
#include "domain/visits.h"

enum { PAUSE_S = 61 }; /* every lease and pause of a call is over */

struct ctx *money_act(struct money *m, int64_t user_id)
{
    m->c = db_test_begin(&m->t, DB_WRITE, user_id);
    return m->c;
}

/* ---- making it --------------------------------------------------------------------
 */

/* The papers that a kitchen needs to be booked. */
static void make_papers(struct money *m)
{
    static const char *const kinds[] = { "health_permit", "business_license",
        "insurance" };
    for (int i = 0; i < 3; i++)
        db_test_exec(&m->t,
            "INSERT INTO documents (kitchen_id, kind, state, number, authority,"
            " issued_day, expires_day, hash, mime, bytes, file_name, created_at)"
            " VALUES (%lld, %Q, 'approved', '1', 'City', 1, 99999, '', '', 1, '', 1)",
            (long long)m->kitchen_id, kinds[i]);
}

static void make_account(struct money *m)
{
    const char *url;
    struct host_account account;
    money_act(m, m->host_id);
    ck_assert(host_accounts_connect(m->c, &url) == OK);
    ck_assert(host_accounts_get(m->c, &account) == OK);
    snprintf(m->account_id, sizeof m->account_id, "%s", account.account_id);
    money_sim(m, "account", "account=%s&standing=active", m->account_id);
    money_act(m, m->host_id);
    ck_assert(host_accounts_check(m->c) == OK);
}

int64_t money_book(struct money *m, int days)
{
    const char *secret;
    struct payment p;
    int64_t id, ahead_s = m->box.shift_s + (int64_t)days * 86400;
    enum result r = holds_try(&m->t, m->vendor_id, m->kitchen_id, 0,
        thursday(540) + ahead_s, thursday(720) + ahead_s, &id);
    ck_assert_msg(r == OK, "held: %s", result_name(r));
    money_act(m, m->vendor_id);
    ck_assert(checkout_intent(m->c, id, &secret) == OK);
    money_act(m, m->vendor_id);
    ck_assert(payments_newest(m->c, id, &p) == OK);
    money_sim(m, "pay", "payment_intent=%s", p.intent_id);
    money_act(m, m->vendor_id);
    ck_assert(checkout_check(m->c, id) == OK);
    ck_assert(holds_state(&m->t, id) == BOOKING_CONFIRMED);
    return id;
}

void money_open(struct money *m)
{
    *m = (struct money) { .booking_id = 0 };
    db_test_open(&m->t);
    stripe_box_open(&m->box, &m->t);
    m->host_id = make_user(&m->t, "host");
    m->vendor_id = make_user(&m->t, "vendor");
    m->admin_id = make_user(&m->t, "admin");
    m->kitchen_id = make_kitchen(&m->t, m->host_id);
    make_papers(m);
    make_account(m);
    m->booking_id = money_book(m, 0);
}

void money_close(struct money *m)
{
    stripe_box_close(&m->box);
    db_test_close(&m->t);
}

/* ---- time -------------------------------------------------------------------------
 */

const struct json *money_sim(struct money *m, const char *act, const char *format, ...)
{
    char form[512];
    va_list ap;
    va_start(ap, format);
    vsnprintf(form, sizeof form, format, ap);
    va_end(ap);
    if (m->t.c.db == NULL)
        money_act(m, 0);
    const char *path = ctx_printf(&m->t.c, "/_sim/act/%s", act);
    struct stripe_reply reply = stripe_box_call(&m->box, "POST", path, form);
    ck_assert_msg(
        reply.outcome == STRIPE_OK, "%s %s: %s", act, form, reply.error.message);
    return reply.object;
}

void money_later(struct money *m, int64_t s)
{
    money_act(m, 0);
    struct stripe_reply reply = stripe_box_call(
        &m->box, "POST", "/_sim/clock", ctx_printf(m->c, "advance=%lld", (long long)s));
    ck_assert(reply.outcome == STRIPE_OK);
    m->t.app.fixed_now_at += s;
}

void money_after_the_end(struct money *m, int64_t s)
{
    struct booking b = money_booking(m);
    money_later(m, b.end_at + s - m->t.app.fixed_now_at);
}

/* ---- the jobs ---------------------------------------------------------------------
 */

void money_calls(struct money *m)
{
    struct stripe_client client;
    const char **uids;
    size_t n;
    do {
        money_act(m, 0);
        ck_assert(stripe_ops_client(m->c, STRIPE_JOB_MS, &client) == OK);
        ck_assert(stripe_ops_due(m->c, 20, &uids, &n) == OK);
        for (size_t i = 0; i < n; i++)
            ck_assert(calls_send_due(m->c, &client, uids[i]) == OK);
    } while (n > 0);
}

void money_listen(struct money *m)
{
    const char **ids;
    size_t n;
    money_act(m, 0);
    const char *after = "";
    do
        ck_assert(events_sweep(m->c, m->t.app.fixed_now_at - 29 * 86400, &after) == OK);
    while (*after != '\0');
    do {
        money_act(m, 0);
        ck_assert(events_due(m->c, 20, &ids, &n) == OK);
        for (size_t i = 0; i < n; i++)
            ck_assert_msg(
                events_process(m->c, ids[i]) == OK, "%s: %s", ids[i], m->c->message);
    } while (n > 0);
}

static void read_accounts(struct money *m)
{
    const char **ids;
    size_t n;
    money_act(m, 0);
    ck_assert(
        host_accounts_stale(m->c, m->t.app.fixed_now_at - 86400, 20, &ids, &n) == OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(host_accounts_check_id(m->c, ids[i], STRIPE_JOB_MS) == OK);
}

void money_run(struct money *m)
{
    int64_t *ids;
    size_t visits, transfers, ops;
    int idle = 0; /* what the last steps heard is for the first ones again */
    do {
        money_act(m, 0);
        ck_assert(visits_due(m->c, 20, &ids, &visits) == OK);
        for (size_t i = 0; i < visits; i++)
            ck_assert(visits_advance(m->c, ids[i]) == OK);
        money_act(m, 0);
        ck_assert(transfers_due(m->c, 20, &ids, &transfers) == OK);
        for (size_t i = 0; i < transfers; i++) {
            int64_t id = ids[i];
            ck_assert(transfers_claim(m->c, id) == OK);
            db_test_begin(&m->t, DB_WRITE, 0);
            break; /* the ids went with the unit */
        }
        money_calls(m);
        money_listen(m);
        read_accounts(m);
        money_later(m, PAUSE_S);
        const char **uids;
        ck_assert(stripe_ops_due(m->c, 20, &uids, &ops) == OK);
        idle = visits + transfers + ops == 0 ? idle + 1 : 0;
    } while (idle < 2);
}

void money_hear(struct money *m, const struct event *e)
{
    static const char ours[] = "whsec_ours", connected[] = "whsec_connected";
    m->t.app.conf.stripe_webhook_secrets = ours;
    m->t.app.conf.stripe_webhook_connect_secrets = connected;
    money_act(m, 0);
    const char *body = event_body(m->c->arena, e);
    ck_assert(event_receive(m->c, e->account == NULL ? EVENTS_OURS : EVENTS_CONNECTED,
                  e->account == NULL ? ours : connected, body) == OK);
}

/* ---- Stripe's books ---------------------------------------------------------------
 */

void money_look(struct money *m)
{
    char at[128] = "";
    const struct reconcile_look l = { m->t.app.fixed_now_at, m->looked_at };
    do {
        const char *place = at;
        money_act(m, 0);
        ck_assert_msg(
            reconcile_step(m->c, &l, &place) == OK, "at %s: %s", at, m->c->message);
        ck_assert_int_lt(
            snprintf(at, sizeof at, "%s", arena_strdup(m->c->arena, place)), 128);
    } while (*at != '\0');
    m->looked_at = l.began_at;
    money_act(m, 0);
}

void money_look_later(struct money *m)
{
    money_later(m, RECONCILE_FRESH_S + 60);
    money_look(m);
}

void money_no_difference(struct money *m)
{
    struct difference *rows;
    size_t n;
    money_act(m, 0);
    ck_assert(differences_open(m->c, 0, 10, &rows, &n) == OK);
    ck_assert_msg(n == 0, "%s %s: %s", rows[0].kind, rows[0].source_id, rows[0].detail);
}

void money_drain(struct money *m)
{
    int64_t available;
    money_later(m, 3 * 86400);
    money_run(m);
    money_act(m, 0);
    struct stripe_reply reply = stripe_box_call(&m->box, "GET", "/_sim/balance", NULL);
    ck_assert(json_int(reply.object, "platform.available", &available));
    reply = stripe_box_call(&m->box, "POST", "/v1/payouts",
        ctx_printf(m->c, "amount=%lld&currency=usd", (long long)available));
    ck_assert_msg(reply.outcome == STRIPE_OK, "%s", reply.error.message);
    money_sim(m, "refunds", "rule=pending");
    money_look(m); /* nobody else tells of payouts */
}

/* ---- looking ----------------------------------------------------------------------
 */

struct payment money_payment(struct money *m)
{
    struct payment p;
    money_act(m, 0);
    ck_assert(payments_paid(m->c, m->booking_id, &p) == OK);
    return p;
}

struct booking money_booking(struct money *m)
{
    struct booking b;
    money_act(m, 0);
    ck_assert(bookings_get(m->c, m->booking_id, &b) == OK);
    return b;
}

int64_t money_int(struct money *m, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *sql = sqlite3_vmprintf(format, ap);
    va_end(ap);
    db_test_end(&m->t);
    int64_t n = db_test_int(&m->t, "%s", sql);
    sqlite3_free(sql);
    return n;
}

int64_t money_count(struct money *m, const char *rows)
{
    return money_int(m, "SELECT COUNT(*) FROM %s", rows);
}

int64_t money_owed(struct money *m, const char *account)
{
    return money_int(m,
        "SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries"
        " WHERE booking_id = %lld AND account = %Q",
        (long long)m->booking_id, account);
}

void money_check(struct money *m)
{
    int64_t total, fees, zero;
    money_act(m, 0);
    struct stripe_reply reply = stripe_box_call(&m->box, "GET", "/_sim/balance", NULL);
    ck_assert(reply.outcome == STRIPE_OK);
    ck_assert(json_int(reply.object, "platform.total", &total));
    ck_assert(json_int(reply.object, "fees", &fees));
    ck_assert(json_int(reply.object, "zero", &zero));
    ck_assert_int_eq(zero, 0);
    ck_assert_int_eq(money_int(m, "SELECT SUM(balance_cents) FROM ledger_totals"), 0);
    ck_assert_int_eq(
        money_int(m, "SELECT COUNT(*) FROM (SELECT account, host_id, balance_cents"
                     " FROM ledger_totals EXCEPT SELECT account,"
                     " IIF(account LIKE 'host%%', host_id, 0), SUM(amount_cents)"
                     " FROM ledger_entries GROUP BY 1, 2)"),
        0);
    int64_t ours =
        money_int(m, "SELECT COALESCE(SUM(amount_cents), 0) FROM ledger_entries"
                     " WHERE account = 'stripe' AND kind NOT IN ('stripe_fee')");
    ck_assert_int_eq(ours, total + fees);
}
