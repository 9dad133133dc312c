#include "util/arena.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "util/buf.h"

START_TEST(allocations_are_zeroed_apart_and_gone_after_a_reset)
{
    struct arena *a = arena_new(4 * 1024 * 1024);
    for (int round = 0; round < 3; round++) {
        char *last = NULL;
        for (size_t n = 1; n < 400; n++) {
            char *p = arena_alloc(a, n);
            for (size_t i = 0; i < n; i++)
                ck_assert_int_eq(p[i], 0);
            memset(p, 'x', n);
            ck_assert_ptr_ne(p, last);
            last = p;
        }
        ck_assert_uint_eq(arena_used(a), 400 * 399 / 2);
        arena_reset(a);
        ck_assert_uint_eq(arena_used(a), 0);
    }
    arena_free(a);
}
END_TEST

START_TEST(the_maximum_is_a_wall)
{
    struct arena *a = arena_new(100);
    arena_alloc(a, 60);
    arena_alloc(a, 41); /* aborts */
}
END_TEST

START_TEST(texts_are_copied_with_their_end)
{
    struct arena *a = arena_new(1024);
    ck_assert_str_eq(arena_strndup(a, "abcdef", 3), "abc");
    ck_assert_ptr_null(arena_strdup(a, NULL));
    ck_assert_str_eq(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    ck_assert_str_eq(arena_join(a, "ab", "", "c", NULL), "abc");
    ck_assert_str_eq(arena_join(a, "", NULL), "");
    arena_free(a);
}
END_TEST

START_TEST(what_is_longer_than_the_rest_of_a_block_is_whole)
{
    struct arena *a = arena_new(4 * 1024 * 1024);
    for (int i = 0; i < 5000; i++) {
        const char *s = arena_printf(a, "%d %0*d.", i, i % 1000, 7);
        ck_assert_int_eq(strtol(s, NULL, 10), i);
        ck_assert_int_eq(s[strlen(s) - 1], '.');
    }
    arena_reset(a);
    ck_assert_str_eq(arena_printf(a, "%s", "again"), "again");
    arena_free(a);
}
END_TEST

START_TEST(a_format_grows_a_buffer_as_far_as_it_may)
{
    struct buf b;
    buf_init(&b, 600);
    buf_printf(&b, "%0*d", 250, 1);
    buf_printf(&b, "%0*d", 250, 2);
    ck_assert(buf_ok(&b));
    ck_assert_uint_eq(strlen(b.at), 500);
    buf_printf(&b, "%0*d", 101, 3);
    ck_assert(!buf_ok(&b));
    ck_assert_uint_eq(b.n, 500);
    ck_assert_uint_eq(strlen(b.at), 500);
    buf_printf(&b, "x");
    ck_assert_uint_eq(strlen(b.at), 500);
    buf_free(&b);
}
END_TEST

START_TEST(a_buffer_stops_at_its_maximum_and_says_so)
{
    struct buf b;
    buf_init(&b, 300);
    for (int i = 0; i < 100; i++)
        buf_adds(&b, "abc");
    ck_assert(buf_ok(&b));
    ck_assert_uint_eq(b.n, 300);
    buf_addc(&b, 'x');
    ck_assert(!buf_ok(&b));
    ck_assert_uint_eq(b.n, 300);
    ck_assert_int_eq(b.at[300], '\0');
    buf_clear(&b);
    buf_printf(&b, "%s %d", "n", 5);
    buf_add_int(&b, -12);
    ck_assert_str_eq(b.at, "n 5-12");
    buf_free(&b);
}
END_TEST

void unit_util_arena(Suite *s)
{
    TCase *t = tcase_create("arena");
    tcase_add_test(t, allocations_are_zeroed_apart_and_gone_after_a_reset);
    tcase_add_test_raise_signal(t, the_maximum_is_a_wall, SIGABRT);
    tcase_add_test(t, texts_are_copied_with_their_end);
    tcase_add_test(t, what_is_longer_than_the_rest_of_a_block_is_whole);
    tcase_add_test(t, a_format_grows_a_buffer_as_far_as_it_may);
    tcase_add_test(t, a_buffer_stops_at_its_maximum_and_says_so);
    suite_add_tcase(s, t);
}
