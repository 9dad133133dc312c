#include "http/cookies.h"

#include <signal.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    const char *header;
    const char *session; /* NULL: none */
} cases[] = {
    { __LINE__, NULL, NULL },
    { __LINE__, "", NULL },
    { __LINE__, "__Host-session=abc", "abc" },
    { __LINE__, "a=b; __Host-session=abc; c=d", "abc" },
    { __LINE__, "a=b;__Host-session=abc", "abc" },
    { __LINE__, "__Host-session=\"abc\"", "abc" },
    { __LINE__, " \t__Host-session=abc\t ", "abc" },
    { __LINE__, "__Host-session=a=b", "a=b" },
    { __LINE__, "__Host-session=", "" },
    { __LINE__, ";;;=;= ;__Host-session=abc", "abc" },
    { __LINE__, "__Host-session=one; __Host-session=two", "one" },
    { __LINE__, "session=abc", NULL },
    { __LINE__, "__host-session=abc", NULL },
    { __LINE__, "x__Host-session=abc", NULL },
    { __LINE__, "__Host-session", NULL },
    { __LINE__, "__Host-sessionx=abc", NULL },
    { __LINE__, "__Host-session=a b", NULL },
    { __LINE__, "__Host-session=a\\b", NULL },
    { __LINE__, "__Host-session=\xff", NULL },
    { __LINE__, "__Host-session=\"", NULL },
};

START_TEST(only_cookies_with_our_prefix_are_read)
{
    struct arena *a = arena_new(65536);
    struct cookies c;
    cookies_parse(a, cases[_i].header, &c);
    const char *got = cookie_get(&c, "session");
    bool same =
        cases[_i].session == NULL ? got == NULL : text_is(got, cases[_i].session);
    ck_assert_msg(same, "case at line %d: %s", cases[_i].line, got == NULL ? "-" : got);
    arena_free(a);
}
END_TEST

START_TEST(too_many_and_too_long_cookies_are_passed_over)
{
    struct arena *a = arena_new(1024 * 1024);
    struct cookies c;
    const char *many = "";
    for (int i = 0; i < COOKIES_MAX; i++)
        many = arena_printf(a, "%sx=%d; ", many, i);
    cookies_parse(a, arena_printf(a, "%s__Host-session=late", many), &c);
    ck_assert_ptr_null(cookie_get(&c, "session"));
    cookies_parse(a, arena_printf(a, "%s__Host-session=in time", many + 5), &c);
    ck_assert_ptr_null(cookie_get(&c, "session"));
    cookies_parse(a, arena_printf(a, "%s__Host-session=in-time", many + 5), &c);
    ck_assert_str_eq(cookie_get(&c, "session"), "in-time");

    char *big = arena_alloc(a, COOKIES_BYTES_MAX + 1);
    memset(big, 'x', COOKIES_BYTES_MAX);
    cookies_parse(a, arena_printf(a, "__Host-big=%s; __Host-session=s", big), &c);
    ck_assert_ptr_null(cookie_get(&c, "big"));
    ck_assert_str_eq(cookie_get(&c, "session"), "s");
    arena_free(a);
}
END_TEST

START_TEST(set_makes_the_whole_header)
{
    struct arena *a = arena_new(4096);
    struct response r;
    struct buf out;
    response_init(&r, 100);
    buf_init(&out, 1000);
    cookie_set(&r, a, "session", "tok-en_1", 3600);
    cookie_set(&r, a, "flash", "", 0);
    cookie_set(&r, a, "csrf", "x", -1);
    ck_assert_int_eq(response_write(&r, false, &out), OK);
    ck_assert_ptr_nonnull(strstr(out.at,
        "\r\nSet-Cookie: __Host-session=tok-en_1; Path=/; Secure; HttpOnly; "
        "SameSite=Lax; Max-Age=3600\r\n"
        "Set-Cookie: __Host-flash=; Path=/; Secure; HttpOnly; SameSite=Lax; "
        "Max-Age=0\r\n"
        "Set-Cookie: __Host-csrf=x; Path=/; Secure; HttpOnly; SameSite=Lax\r\n"));
    buf_free(&out);
    response_free(&r);
    arena_free(a);
}
END_TEST

START_TEST(set_takes_no_value_of_a_stranger)
{
    struct arena *a = arena_new(4096);
    struct response r;
    response_init(&r, 100);
    cookie_set(&r, a, "session", "a; Domain=evil.example", 1);
    ck_abort_msg("taken");
}
END_TEST

void unit_http_cookies(Suite *s)
{
    TCase *t = tcase_create("cookies");
    tcase_add_loop_test(t, only_cookies_with_our_prefix_are_read, 0, COUNT_OF(cases));
    tcase_add_test(t, too_many_and_too_long_cookies_are_passed_over);
    tcase_add_test(t, set_makes_the_whole_header);
    tcase_add_test_raise_signal(t, set_takes_no_value_of_a_stranger, SIGABRT);
    suite_add_tcase(s, t);
}
