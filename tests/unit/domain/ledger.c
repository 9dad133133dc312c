#include "domain/ledger.h"

#include "domain/transfers.h"
#include "support/db.h"
#include "support/holds.h"
#include "unit.h"

static struct db_test t;
static struct ctx *c;
static int64_t host_id, booking_id;

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    int64_t vendor_id = make_user(&t, "vendor"), kitchen_id = make_kitchen(&t, host_id);
    booking_id = make_booking(
        &t, whole_space(&t, kitchen_id), vendor_id, thursday(540), thursday(720));
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static enum result post(const char *source_id, enum ledger_account debit,
    enum ledger_account credit, int64_t cents)
{
    return ledger_post(c, &(struct ledger_movement) {
                              .kind = "charge",
                              .source_id = source_id,
                              .debit = debit,
                              .credit = credit,
                              .amount = cents_of(cents),
                              .booking_id = booking_id,
                              .host_id = host_id,
                          });
}

static int64_t balance(enum ledger_account account)
{
    struct cents n;
    ck_assert(ledger_balance(c, account, booking_id, &n) == OK);
    return n.n;
}

START_TEST(a_movement_adds_to_one_account_what_it_takes_from_another)
{
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_HOST_PAYABLE, 38500) == OK);
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 4845) == OK);
    ck_assert_int_eq(balance(LEDGER_STRIPE), 43345);
    ck_assert_int_eq(balance(LEDGER_HOST_PAYABLE), -38500);
    ck_assert_int_eq(balance(LEDGER_TAX), -4845);
    ck_assert_int_eq(balance(LEDGER_REVENUE), 0);
}
END_TEST

START_TEST(all_accounts_together_are_zero)
{
    struct cents totals[LEDGER__ACCOUNTS];
    int64_t sum = 0;
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_HOST_PAYABLE, 38500) == OK);
    ck_assert(post("ch_2", LEDGER_REFUNDS_DUE, LEDGER_STRIPE, 1) == OK);
    ck_assert(ledger_totals(c, totals) == OK);
    for (int a = 0; a < LEDGER__ACCOUNTS; a++)
        sum += totals[a].n;
    ck_assert_int_eq(sum, 0);
    ck_assert_int_eq(totals[LEDGER_STRIPE].n, 38499);
}
END_TEST

START_TEST(each_movement_is_posted_once)
{
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 5) == OK);
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 5) == R_CONFLICT);
    ck_assert_int_eq(balance(LEDGER_STRIPE), 5);
}
END_TEST

START_TEST(nothing_moves_no_row)
{
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 0) == OK);
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 0) == OK);
    struct ledger_row *rows;
    size_t n;
    ck_assert(ledger_of_booking(c, booking_id, 10, &rows, &n) == OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(each_host_has_a_balance_of_his_own)
{
    struct cents n;
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_HOST_PAYABLE, 700) == OK);
    ck_assert(ledger_total(c, LEDGER_HOST_PAYABLE, host_id, &n) == OK);
    ck_assert_int_eq(n.n, -700);
    ck_assert(ledger_total(c, LEDGER_HOST_PAYABLE, host_id + 1, &n) == OK);
    ck_assert_int_eq(n.n, 0);
}
END_TEST

START_TEST(rows_are_neither_changed_nor_deleted)
{
    static const char *const attempts[] = {
        "UPDATE OR IGNORE ledger SET amount_cents = 1",
        "DELETE FROM ledger",
    };
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 5) == OK);
    ck_assert(db_commit(c->db) == OK);
    db_test_end(&t);
    for (int i = 0; i < 2; i++)
        ck_assert_int_ne(db_test_try(&t, attempts[i]), 0);
    ck_assert_int_eq(db_test_int(&t, "SELECT SUM(amount_cents) FROM ledger"), 5);
}
END_TEST

START_TEST(the_newest_movements_come_first_and_page_on)
{
    struct ledger_row *rows;
    size_t n;
    ck_assert(post("ch_1", LEDGER_STRIPE, LEDGER_TAX, 5) == OK);
    ck_assert(post("ch_2", LEDGER_STRIPE, LEDGER_TAX, 6) == OK);
    ck_assert(ledger_page(c, 0, 1, &rows, &n) == OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(rows[0].source_id, "ch_2");
    ck_assert(rows[0].debit == LEDGER_STRIPE && rows[0].credit == LEDGER_TAX);
    ck_assert(ledger_page(c, rows[0].id, 5, &rows, &n) == OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(rows[0].source_id, "ch_1");
}
END_TEST

void unit_domain_ledger(Suite *s)
{
    TCase *tc = tcase_create("ledger");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_movement_adds_to_one_account_what_it_takes_from_another);
    tcase_add_test(tc, all_accounts_together_are_zero);
    tcase_add_test(tc, each_movement_is_posted_once);
    tcase_add_test(tc, nothing_moves_no_row);
    tcase_add_test(tc, each_host_has_a_balance_of_his_own);
    tcase_add_test(tc, rows_are_neither_changed_nor_deleted);
    tcase_add_test(tc, the_newest_movements_come_first_and_page_on);
    suite_add_tcase(s, tc);
}
