#include "domain/earnings.h"

#include "support/db.h"
#include "unit.h"
#include "util/civil.h"

/* Months begin where the kitchen stands, and what was taken back does not count. The
 * clock stands at 23 November 2026, 17:00 UTC. */

static struct db_test t;
static int64_t host_id, booking_id;

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    int64_t kitchen = make_kitchen(&t, host_id), vendor = make_user(&t, "vendor");
    booking_id = make_booking(&t, whole_space(&t, kitchen), vendor, TEST_NOW_AT + 86400,
        TEST_NOW_AT + 2 * 86400);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static int64_t at(int year, int month, int day, int hour)
{
    return civil_days(year, month, day) * 86400 + hour * 3600;
}

static void send(int64_t attempt, int64_t sent_at, int64_t cents, int64_t reversed)
{
    db_test_exec(&t,
        "INSERT INTO transfers (uid, booking_id, host_id, attempt, state, due_at, "
        "amount_cents, reversed_cents, transfer_id, sent_at, created_at, updated_at) "
        "VALUES ('t%lld', %lld, %lld, %lld, 'sent', 1, %lld, %lld, 'tr_%lld', %lld, 1, "
        "1)",
        (long long)attempt, (long long)booking_id, (long long)host_id,
        (long long)attempt, (long long)cents, (long long)reversed, (long long)attempt,
        (long long)sent_at);
}

START_TEST(months_begin_where_the_kitchen_stands)
{
    struct earnings_month months[EARNINGS_MONTHS];
    send(1, at(2026, 11, 1, 4), 1000, 0);    /* 23:00 of 31 October in Chicago */
    send(2, at(2026, 11, 1, 5), 200, 0);     /* midnight */
    send(3, at(2025, 12, 1, 5), 7000, 0);    /* 23:00 of 30 November 2025 */
    send(4, at(2025, 12, 1, 6), 30, 0);      /* midnight */
    send(5, at(2026, 11, 20, 12), 500, 450); /* most of it taken back */
    struct ctx *c = db_test_begin(&t, DB_READ, host_id);
    ck_assert(earnings_months(c, months) == OK);
    ck_assert_int_eq(months[0].year, 2025);
    ck_assert_int_eq(months[0].month, 12);
    ck_assert_int_eq(months[0].net.n, 30);
    ck_assert_int_eq(months[10].month, 10);
    ck_assert_int_eq(months[10].net.n, 1000);
    ck_assert_int_eq(months[11].month, 11);
    ck_assert_int_eq(months[11].net.n, 250);
    c = db_test_begin(&t, DB_READ, make_user(&t, "host"));
    ck_assert(earnings_months(c, months) == OK);
    ck_assert_int_eq(months[11].net.n, 0);
}
END_TEST

START_TEST(a_year_is_read_in_pieces)
{
    struct earnings_line *rows;
    size_t n;
    db_test_exec(&t, "UPDATE bookings SET confirmed_at = 1");
    struct ctx *c = db_test_begin(&t, DB_READ, host_id);
    ck_assert(earnings_year(c, 2026, 0, NULL, 1, &rows, &n) == OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_int_eq(rows[0].booking_id, booking_id);
    ck_assert_int_eq(rows[0].year, 2026);
    struct earnings_line last = rows[0];
    ck_assert(earnings_year(c, 2026, 0, &last, 1, &rows, &n) == OK);
    ck_assert_uint_eq(n, 0);
    ck_assert(earnings_year(c, 2025, 0, NULL, 1, &rows, &n) == OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

static void post(const char *kind, const char *debit, const char *credit, int64_t cents)
{
    static int64_t number;
    db_test_exec(&t,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, "
        "booking_id, host_id) VALUES (1, %Q, 's%lld', %Q, %Q, %lld, %lld, %lld)",
        kind, (long long)++number, debit, credit, (long long)cents,
        (long long)booking_id, (long long)host_id);
}

static void expect_open(int64_t cents)
{
    struct earnings_line *lines;
    struct earnings_booking *bookings;
    size_t n;
    struct ctx *c = db_test_begin(&t, DB_READ, host_id);
    ck_assert(earnings_year(c, 2026, 0, NULL, 1, &lines, &n) == OK && n == 1);
    ck_assert_int_eq(lines[0].open.n, cents);
    ck_assert(earnings_upcoming(c, 0, 1, &bookings, &n) == OK && n == 1);
    ck_assert_int_eq(bookings[0].owed.n, cents);
}

/* By the line's own parts as by the balance of the books. */
START_TEST(what_is_open_is_what_the_books_say_is_owed)
{
    db_test_exec(&t, "UPDATE bookings SET confirmed_at = 1");
    expect_open(0);
    post("charge", "stripe", "host_payable", 10000);
    expect_open(10000);
    post("refund_owed", "host_payable", "refunds_due", 2500);
    post("refund_withdrawn", "refunds_due", "host_payable", 500);
    expect_open(8000);
    post("offset", "host_payable", "host_receivable", 1000);
    post("transfer", "host_payable", "stripe", 7000);
    expect_open(0);
    post("dispute_lost", "host_payable", "disputed", 6000);
    expect_open(-6000);
    post("reversal", "stripe", "host_payable", 2000);
    post("receivable", "host_receivable", "host_payable", 3000);
    expect_open(-1000);
    post("dispute_late_win", "disputed", "host_payable", 6000);
    post("offset_undone", "host_receivable", "host_payable", 1000);
    expect_open(6000);
}
END_TEST

void unit_domain_earnings(Suite *s)
{
    TCase *tc = tcase_create("earnings");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, months_begin_where_the_kitchen_stands);
    tcase_add_test(tc, a_year_is_read_in_pieces);
    tcase_add_test(tc, what_is_open_is_what_the_books_say_is_owed);
    suite_add_tcase(s, tc);
}
