#include "demo/money.h"

#include <stdio.h>

#include "demo/demo.h"
#include "support/stripe_box.h"
#include "unit.h"

static struct db_test t;
static struct stripe_box box;

static void set_up(void)
{
    db_test_open(&t);
    t.app.conf.password_mem_kib = 8192;
    stripe_box_open(&box, &t);
    db_test_begin(&t, DB_WRITE, 0);
    ck_assert(demo_load(&t.c, NULL) == OK);
}

static void tear_down(void)
{
    stripe_box_close(&box);
    db_test_close(&t);
}

static int64_t count(const char *rows)
{
    db_test_end(&t);
    return db_test_int(&t, "SELECT COUNT(*) FROM %s", rows);
}

START_TEST(each_booking_of_the_demo_is_paid_and_each_host_can_be)
{
    int64_t bookings = count("bookings");
    db_test_begin(&t, DB_WRITE, 0);
    enum result r = demo_pay(&t.c, NULL);
    ck_assert_msg(r == OK, "%s", t.c.message);
    ck_assert_int_gt(bookings, 50);
    ck_assert_int_eq(
        count("payments WHERE applied = 1 AND charge_id LIKE 'ch_%%'"), bookings);
    ck_assert_int_eq(count("transfers WHERE state = 'scheduled'"),
        count("bookings WHERE state = 'completed'"));
    ck_assert_int_eq(count("host_accounts WHERE transfers_active = 0"), 0);
    ck_assert_int_eq(count("host_accounts WHERE account_id IS NULL"), 0);
    ck_assert_int_gt(count("kitchens WHERE bookable = 1"), 30);
    db_test_end(&t);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT SUM(balance_cents) FROM ledger_totals"), 0);
}
END_TEST

START_TEST(with_another_stripe_than_the_sandbox_nothing_is_paid)
{
    db_test_begin(&t, DB_WRITE, 0);
    t.app.conf.stripe_api_base = "https://api.stripe.com";
    ck_assert(demo_pay(&t.c, NULL) == OK);
    ck_assert_int_eq(count("ledger"), 0);
}
END_TEST

void unit_demo_money(Suite *s)
{
    TCase *tc = tcase_create("money of the demo");
    if (stripe_box_missing("demo"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_booking_of_the_demo_is_paid_and_each_host_can_be);
    tcase_add_test(tc, with_another_stripe_than_the_sandbox_nothing_is_paid);
    suite_add_tcase(s, tc);
}
