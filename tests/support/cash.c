#include "support/cash.h"

#include <check.h>
#undef fail
#include <stdio.h>

#include "domain/disputes.h"
#include "domain/freezes.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "support/rows.h"
#include "support/snapshot.h"

static sqlite3 *open_apart(struct site *site)
{
    char path[512];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/prep.db", site->app.conf.data_dir);
    ck_assert_int_eq(
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return db;
}

int64_t cash_int(struct site *site, const char *format, ...)
{
    sqlite3 *db = open_apart(site);
    va_list ap;
    va_start(ap, format);
    int64_t n = rows_int(db, format, ap);
    va_end(ap);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return n;
}

const char *cash_text(struct arena *a, struct site *site, const char *format, ...)
{
    sqlite3 *db = open_apart(site);
    va_list ap;
    va_start(ap, format);
    const char *text = rows_text(a, db, format, ap);
    va_end(ap);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return text;
}

const char *cash_snapshot(struct arena *a, struct site *site)
{
    sqlite3 *db = open_apart(site);
    const char *all = snapshot_take(a, db);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return all;
}

const char *cash_changes(struct arena *a, struct site *site, const char *before)
{
    return snapshot_changes(a, before, cash_snapshot(a, site));
}

void cash_load_demo(struct site *site)
{
    static const char *const sql[] = {
        "UPDATE payments SET applied = 1, payment_intent_id = 'pi_demo_' || booking_id,"
        " charge_id = 'ch_demo_' || booking_id",
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id, host_id) SELECT created_at, 'charge', 'ch_demo_' || id, 'stripe',"
        " 'host_payable', host_cents, id, host_id FROM bookings",
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id) SELECT created_at, 'charge', 'ch_demo_' || id, 'stripe', 'tax',"
        " tax_cents, id FROM bookings",
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id) SELECT created_at, 'charge', 'ch_demo_' || id, 'stripe',"
        " 'revenue', total_cents - host_cents - tax_cents, id FROM bookings",
        "INSERT INTO transfers (uid, booking_id, host_id, attempt, state, due_at,"
        " claimed_at, amount_cents, transfer_id, sent_at, created_at, updated_at)"
        " SELECT 'tr-' || id, id, host_id, 1, 'sent', end_at + 86400, end_at + 86400,"
        " host_cents, 'tr_demo_' || id, end_at + 86400, end_at, end_at"
        " FROM bookings WHERE state = 'completed'",
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id, host_id) SELECT sent_at, 'transfer', transfer_id, 'host_payable',"
        " 'stripe', amount_cents, booking_id, host_id FROM transfers",
    };
    site_load_demo(site);
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
        cash_int(site, "%s", sql[i]);
}

int64_t cash_booking(struct site *site, const char *vendor, const char *host)
{
    int64_t id = cash_int(site,
        "SELECT b.id FROM bookings b JOIN users v ON v.id = b.vendor_id"
        " JOIN users h ON h.id = b.host_id WHERE v.email = '%s' AND h.email = '%s'"
        " AND b.state = 'confirmed' ORDER BY b.id",
        vendor, host);
    ck_assert_int_ne(id, 0);
    return id;
}

struct news {
    int64_t booking_id;
    const char *id, *status;
    struct payment p;
    struct booking b;
};

static void run(struct site *site, app_work *work, struct news *news)
{
    struct buf why;
    buf_init(&why, 1024);
    enum result r = app_run(&site->app, DB_WRITE, work, news, &why);
    ck_assert_msg(r == OK, "%s: %s", result_name(r), why.at);
    buf_free(&why);
}

/* The booking and its payment, in an open transaction of the system's. */
static enum result begin(struct ctx *c, struct news *n)
{
    bookings_as_system(c);
    TRY(db_begin(c->db));
    TRY(bookings_get(c, n->booking_id, &n->b));
    return payments_paid(c, n->booking_id, &n->p);
}

static enum result refund(struct ctx *c, void *arg)
{
    struct news *n = arg;
    struct refund_row *rows;
    size_t count;
    TRY(begin(c, n));
    TRY(refunds_of_booking(c, n->booking_id, &rows, &count));
    ck_assert_uint_gt(count, 0);
    const struct refund_row *row = &rows[count - 1];
    TRY(refunds_apply(c,
        &(struct stripe_refund) {
            .id = ctx_printf(c, "re_test_%lld", (long long)row->id),
            .status = n->status,
            .amount = row->split.amount,
            .intent_id = n->p.intent_id,
            .failure_reason = text_is(n->status, "failed") ? "lost_or_stolen_card" : "",
            .refund_uid = row->uid,
        }));
    return db_commit(c->db);
}

int64_t cash_open(struct site **site, struct cash_people people)
{
    *site = site_fresh();
    cash_load_demo(*site);
    browser_open(people.vendor, *site);
    browser_open(people.host, *site);
    browser_open(people.admin, *site);
    cash_log_in(people);
    return cash_booking(*site, CASH_VENDOR, CASH_HOST);
}

void cash_log_in(struct cash_people people)
{
    browser_log_in_demo(people.vendor, CASH_VENDOR);
    browser_log_in_demo(people.host, CASH_HOST);
    browser_log_in_demo(people.admin, CASH_ADMIN);
}

void cash_close(struct site *site, struct cash_people people)
{
    browser_close(people.vendor);
    browser_close(people.host);
    browser_close(people.admin);
    site_gone(site);
}

void cash_refund(struct site *site, int64_t booking_id, const char *status)
{
    run(site, refund, &(struct news) { .booking_id = booking_id, .status = status });
}

static enum result dispute(struct ctx *c, void *arg)
{
    struct news *n = arg;
    TRY(begin(c, n));
    TRY(disputes_apply(c, &(struct stripe_dispute) {
                              .id = n->id,
                              .status = n->status,
                              .reason = "fraudulent",
                              .amount = n->p.amount,
                              .intent_id = n->p.intent_id,
                              .due_by = c->now_at + 7 * 86400,
                              .created_at = c->now_at,
                          }));
    return db_commit(c->db);
}

void cash_dispute(
    struct site *site, int64_t booking_id, const char *id, const char *status)
{
    run(site, dispute,
        &(struct news) { .booking_id = booking_id, .id = id, .status = status });
}

static enum result warning(struct ctx *c, void *arg)
{
    struct news *n = arg;
    TRY(begin(c, n));
    TRY(freezes_set(c, &n->b, FREEZE_WARNING, n->id, true));
    return db_commit(c->db);
}

void cash_warning(struct site *site, int64_t booking_id, const char *id)
{
    run(site, warning, &(struct news) { .booking_id = booking_id, .id = id });
}

static void post(struct site *site, int64_t booking_id, const char *kind,
    const char *debit, const char *credit, int64_t cents, int64_t at)
{
    static int64_t number;
    cash_int(site,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id, host_id) SELECT %lld, %Q, 'by_hand_%lld', %Q, %Q, %lld, id,"
        " host_id FROM bookings WHERE id = %lld",
        (long long)at, kind, (long long)++number, debit, credit, (long long)cents,
        (long long)booking_id);
}

void cash_owe(struct site *site, int64_t booking_id, int64_t cents, int64_t at)
{
    post(site, booking_id, "receivable", "host_receivable", "host_payable", cents, at);
}

void cash_keep(struct site *site, int64_t booking_id, int64_t cents, int64_t at)
{
    post(site, booking_id, "offset", "host_payable", "host_receivable", cents, at);
}

static enum result over(struct ctx *c, void *arg)
{
    struct news *n = arg;
    bookings_as_system(c);
    return visits_advance(c, n->booking_id);
}

static enum result claim(struct ctx *c, void *arg)
{
    struct news *n = arg;
    struct transfer *rows;
    size_t count;
    bookings_as_system(c);
    TRY(transfers_of_booking(c, n->booking_id, &rows, &count));
    ck_assert_uint_gt(count, 0);
    return transfers_claim(c, rows[count - 1].id);
}

static enum result send(struct ctx *c, void *arg)
{
    struct news *n = arg;
    struct transfer *rows;
    size_t count;
    TRY(begin(c, n));
    TRY(transfers_of_booking(c, n->booking_id, &rows, &count));
    const struct transfer *t = &rows[count - 1];
    TRY(transfers_apply(
        c, &(struct stripe_transfer) {
               .id = ctx_printf(c, "tr_test_%lld", (long long)n->booking_id),
               .amount = t->amount,
               .app = "prep",
               .transfer_uid = t->uid,
               .booking_uid = n->b.uid,
           }));
    return db_commit(c->db);
}

void cash_pass(struct site *site, int64_t booking_id, bool sent)
{
    struct news n = { .booking_id = booking_id };
    site->app.fixed_now_at =
        cash_int(site, "SELECT end_at FROM bookings WHERE id = %lld",
            (long long)booking_id) +
        TRANSFERS_WAIT_S + 3600;
    run(site, over, &n);
    run(site, claim, &n);
    if (sent)
        run(site, send, &n);
}
