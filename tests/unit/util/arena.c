#include "util/arena.h"

#include <signal.h>
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
    arena_free(a);
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
    tcase_add_test(t, a_buffer_stops_at_its_maximum_and_says_so);
    suite_add_tcase(s, t);
}
