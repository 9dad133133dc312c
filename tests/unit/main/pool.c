#include "main/pool.h"

#include "unit.h"

static const struct {
    int line;
    int early_ends;
    int64_t lived_ms;
    bool planned;
    int64_t wait_ms;
    int then_early_ends;
} cases[] = {
    { __LINE__, 0, 0, false, 100, 1 },
    { __LINE__, 1, 0, false, 200, 2 },
    { __LINE__, 2, 3000, false, 400, 3 },
    { __LINE__, 3, 9999, false, 800, 4 },
    { __LINE__, 4, 0, false, 1600, 5 },
    { __LINE__, 5, 0, false, 3200, 6 },
    { __LINE__, 6, 0, false, 5000, 7 },
    { __LINE__, 7, 0, false, 5000, 8 },
    { __LINE__, 1000000, 0, false, 5000, 1000001 },
    { __LINE__, 7, 10000, false, 0, 0 },
    { __LINE__, 7, 86400000, false, 0, 0 },
    { __LINE__, 0, 0, true, 0, 0 },
    { __LINE__, 7, 0, true, 0, 0 },
};

START_TEST(the_wait_doubles_up_to_five_seconds_until_one_lives)
{
    int early_ends = cases[_i].early_ends;
    int64_t wait_ms =
        pool_backoff_ms(&early_ends, cases[_i].lived_ms, cases[_i].planned);
    ck_assert_msg(wait_ms == cases[_i].wait_ms, "line %d: %lld", cases[_i].line,
        (long long)wait_ms);
    ck_assert_msg(early_ends == cases[_i].then_early_ends, "line %d: %d",
        cases[_i].line, early_ends);
}
END_TEST

START_TEST(twenty_crashes_at_once_cost_less_than_ninety_seconds)
{
    int early_ends = 0;
    int64_t total_ms = 0;
    for (int i = 0; i < 20; i++)
        total_ms += pool_backoff_ms(&early_ends, 0, false);
    ck_assert_int_eq(total_ms, 6300 + 14 * 5000);
}
END_TEST

void unit_main_pool(Suite *s)
{
    TCase *t = tcase_create("pool");
    tcase_add_loop_test(t, the_wait_doubles_up_to_five_seconds_until_one_lives, 0,
        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(t, twenty_crashes_at_once_cost_less_than_ninety_seconds);
    suite_add_tcase(s, t);
}
