#include "util/money.h"

#include <signal.h>

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    int64_t amount, bp, share;
} bp_cases[] = {
    { __LINE__, 47500, 2000, 9500 },
    { __LINE__, 57000, 850, 4845 },
    { __LINE__, 1, 5000, 1 },
    { __LINE__, 1, 4999, 0 },
    { __LINE__, 3, 5000, 2 },
    { __LINE__, -1, 5000, -1 },
    { __LINE__, -3, 4999, -1 },
    { __LINE__, 0, 2000, 0 },
    { __LINE__, INT64_MAX, 10000, INT64_MAX },
    { __LINE__, INT64_MIN, 10000, INT64_MIN },
};

START_TEST(a_share_is_rounded_once_and_half_up)
{
    ck_assert_msg(cents_of_bp(cents_of(bp_cases[_i].amount), bp_cases[_i].bp).n ==
                      bp_cases[_i].share,
        "case at line %d", bp_cases[_i].line);
}
END_TEST

START_TEST(the_worked_example_costs_618_45_and_pays_385)
{
    struct arena *a = arena_new(4096);
    struct cents base = cents_of_minutes(cents_of(5000), 9 * 60);
    struct cents cleaning = cents_of(2500);
    struct cents fee = cents_of_bp(cents_add(base, cleaning), 2000);
    struct cents tax = cents_of_bp(cents_add(cents_add(base, cleaning), fee), 850);
    struct cents total = cents_add(cents_add(base, cleaning), cents_add(fee, tax));
    ck_assert_str_eq(cents_format(a, base), "$450.00");
    ck_assert_str_eq(cents_format(a, fee), "$95.00");
    ck_assert_str_eq(cents_format(a, tax), "$48.45");
    ck_assert_str_eq(cents_format(a, total), "$618.45");
    struct cents host = cents_add(cents_sub(base, cents_of_bp(base, 2000)), cleaning);
    ck_assert_str_eq(cents_format(a, host), "$385.00");
    arena_free(a);
}
END_TEST

START_TEST(minutes_are_priced_half_up)
{
    ck_assert_int_eq(cents_of_minutes(cents_of(5000), 30).n, 2500);
    ck_assert_int_eq(cents_of_minutes(cents_of(4999), 30).n, 2500);
    ck_assert_int_eq(cents_of_minutes(cents_of(4999), 15).n, 1250);
    ck_assert_int_eq(cents_of_minutes(cents_of(4997), 15).n, 1249);
}
END_TEST

START_TEST(an_amount_past_64_bits_is_a_bug)
{
    struct cents sum = cents_add(cents_of(INT64_MAX), cents_of(1));
    ck_assert_int_eq(sum.n, 0);
}
END_TEST

START_TEST(a_share_past_64_bits_is_a_bug)
{
    struct cents share = cents_of_bp(cents_of(INT64_MAX), 10001);
    ck_assert_int_eq(share.n, 0);
}
END_TEST

static const struct {
    int line;
    int64_t n;
    const char *dollars, *plain;
} format_cases[] = {
    { __LINE__, 61845, "$618.45", "618.45" },
    { __LINE__, 123400, "$1,234.00", "1234.00" },
    { __LINE__, 100000000, "$1,000,000.00", "1000000.00" },
    { __LINE__, -500, "-$5.00", "-5.00" },
    { __LINE__, -5, "-$0.05", "-0.05" },
    { __LINE__, 0, "$0.00", "0.00" },
    { __LINE__, INT64_MIN, "-$92,233,720,368,547,758.08", "-92233720368547758.08" },
};

START_TEST(format_groups_by_threes_and_puts_the_minus_first)
{
    struct arena *a = arena_new(4096);
    struct cents amount = cents_of(format_cases[_i].n);
    ck_assert_str_eq(cents_format(a, amount), format_cases[_i].dollars);
    ck_assert_str_eq(cents_format_plain(a, amount), format_cases[_i].plain);
    arena_free(a);
}
END_TEST

static const struct {
    int line;
    const char *s;
    bool ok;
    int64_t n;
} parse_cases[] = {
    { __LINE__, "50", true, 5000 },
    { __LINE__, "$50.00", true, 5000 },
    { __LINE__, "50.5", true, 5050 },
    { __LINE__, "0.05", true, 5 },
    { __LINE__, "1,234.00", true, 123400 },
    { __LINE__, "12,345,678", true, 1234567800 },
    { __LINE__, "9999999999999.99", true, 999999999999999 },
    { __LINE__, "10000000000000", false, -1 },
    { __LINE__, "12,34", false, -1 },
    { __LINE__, "1234,567", false, -1 },
    { __LINE__, ",123", false, -1 },
    { __LINE__, "1,", false, -1 },
    { __LINE__, "-5", false, -1 },
    { __LINE__, "5.", false, -1 },
    { __LINE__, "5.123", false, -1 },
    { __LINE__, ".5", false, -1 },
    { __LINE__, "5e2", false, -1 },
    { __LINE__, " 5", false, -1 },
    { __LINE__, "NaN", false, -1 },
    { __LINE__, "$", false, -1 },
    { __LINE__, "", false, -1 },
    { __LINE__, NULL, false, -1 },
};

START_TEST(parse_takes_what_people_type_and_no_more)
{
    struct cents amount = cents_of(-1);
    bool ok = cents_parse(parse_cases[_i].s, &amount);
    ck_assert_msg(ok == parse_cases[_i].ok && amount.n == parse_cases[_i].n,
        "case at line %d", parse_cases[_i].line);
}
END_TEST

void unit_util_money(Suite *s)
{
    TCase *t = tcase_create("money");
    tcase_add_loop_test(t, a_share_is_rounded_once_and_half_up, 0, COUNT_OF(bp_cases));
    tcase_add_test(t, the_worked_example_costs_618_45_and_pays_385);
    tcase_add_test(t, minutes_are_priced_half_up);
    tcase_add_test_raise_signal(t, an_amount_past_64_bits_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(t, a_share_past_64_bits_is_a_bug, SIGABRT);
    tcase_add_loop_test(
        t, format_groups_by_threes_and_puts_the_minus_first, 0, COUNT_OF(format_cases));
    tcase_add_loop_test(
        t, parse_takes_what_people_type_and_no_more, 0, COUNT_OF(parse_cases));
    suite_add_tcase(s, t);
}
