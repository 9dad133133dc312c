#include "domain/debts.h"

#include "support/db.h"
#include "unit.h"

/* A host with two bookings came to owe $10.00, $20.00 and $30.00; what is kept from his
 * transfers pays the oldest first. */

static struct db_test t;
static int64_t host_id, bookings[3];

static void owe(int64_t booking_id, int64_t cents)
{
    static int64_t number;
    db_test_exec(&t,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, "
        "booking_id, host_id) VALUES (%lld, 'receivable', 'd%lld', 'host_receivable', "
        "'host_payable', %lld, %lld, %lld)",
        (long long)TEST_NOW_AT, (long long)++number, (long long)cents,
        (long long)booking_id, (long long)host_id);
}

/* Kept from the transfer of a booking. */
static void keep(int64_t booking_id, int64_t cents)
{
    static int64_t number;
    number++;
    db_test_exec(&t,
        "INSERT INTO transfers (uid, booking_id, host_id, attempt, state, due_at, "
        "claimed_at, offset_cents, created_at, updated_at) "
        "VALUES ('t%lld', %lld, %lld, %lld, 'sent', 1, %lld, %lld, 1, 1)",
        (long long)number, (long long)booking_id, (long long)host_id, (long long)number,
        (long long)number, (long long)cents);
    db_test_exec(&t,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, "
        "booking_id, host_id) VALUES (%lld, 'offset', 't%lld-a1', 'host_payable', "
        "'host_receivable', %lld, %lld, %lld)",
        (long long)TEST_NOW_AT, (long long)number, (long long)cents,
        (long long)booking_id, (long long)host_id);
}

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    int64_t kitchen = make_kitchen(&t, host_id), vendor = make_user(&t, "vendor");
    for (int i = 0; i < 3; i++)
        bookings[i] = make_booking(&t, whole_space(&t, kitchen), vendor,
            TEST_NOW_AT + (1 + 2 * i) * 86400, TEST_NOW_AT + (2 + 2 * i) * 86400);
    owe(bookings[0], 1000);
    owe(bookings[1], 2000);
    owe(bookings[0], 3000);
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* What was paid of each, the oldest first, and whose transfer paid all of it. */
static void expect(const int64_t paid[3], const int64_t payer[3])
{
    struct debt *rows;
    size_t n;
    struct ctx *c = db_test_begin(&t, DB_READ, host_id);
    ck_assert(debts_page(c, 0, 10, &rows, &n) == OK);
    ck_assert_uint_eq(n, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(rows[2 - i].paid.n, paid[i]);
        ck_assert_int_eq(rows[2 - i].payer, payer[i]);
    }
    int64_t after = rows[0].id;
    ck_assert(debts_page(c, after, 1, &rows, &n) == OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_int_eq(rows[0].paid.n, paid[1]);
    struct booking b;
    ck_assert(bookings_get(c, bookings[0], &b) == OK);
    ck_assert(debts_of_booking(c, &b, &rows, &n) == OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(rows[0].paid.n, paid[2]);
    ck_assert_int_eq(rows[0].payer, payer[2]);
    ck_assert_int_eq(rows[1].paid.n, paid[0]);
    ck_assert(bookings_get(c, bookings[2], &b) == OK);
    ck_assert(debts_of_booking(c, &b, &rows, &n) == OK);
    ck_assert_uint_eq(n, 0);
}

START_TEST(the_oldest_debt_is_paid_first)
{
    expect((int64_t[]) { 0, 0, 0 }, (int64_t[]) { 0, 0, 0 });
    keep(bookings[2], 1500);
    expect((int64_t[]) { 1000, 500, 0 }, (int64_t[]) { bookings[2], 0, 0 });
}
END_TEST

START_TEST(one_that_several_transfers_paid_names_none_of_them)
{
    keep(bookings[2], 1500);
    keep(bookings[1], 4500);
    expect(
        (int64_t[]) { 1000, 2000, 3000 }, (int64_t[]) { bookings[2], 0, bookings[1] });
}
END_TEST

START_TEST(the_debts_of_others_do_not_count)
{
    int64_t was = host_id;
    host_id = make_user(&t, "host");
    keep(bookings[2], 1000);
    host_id = was;
    expect((int64_t[]) { 0, 0, 0 }, (int64_t[]) { 0, 0, 0 });
}
END_TEST

void unit_domain_debts(Suite *s)
{
    TCase *tc = tcase_create("debts");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, the_oldest_debt_is_paid_first);
    tcase_add_test(tc, one_that_several_transfers_paid_names_none_of_them);
    tcase_add_test(tc, the_debts_of_others_do_not_count);
    suite_add_tcase(s, tc);
}
