#include "http/response.h"

#include <signal.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"

static struct response r;
static struct buf out;

static void setup(void)
{
    response_init(&r, 64);
    buf_init(&out, 64 * 1024);
}

static void teardown(void)
{
    response_free(&r);
    buf_free(&out);
}

START_TEST(write_makes_one_piece_of_status_headers_and_body)
{
    r.status = 422;
    buf_adds(&r.body, "<p>no</p>");
    response_header(&r, "X-One", "1");
    response_header_int(&r, "Retry-After", 30);
    ck_assert_int_eq(response_write(&r, false, &out), OK);
    ck_assert_str_eq(out.at,
        "Status: 422 Unprocessable Content\r\nX-One: 1\r\nRetry-After: 30\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Length: 9\r\n\r\n<p>no</p>");
}
END_TEST

START_TEST(head_has_the_length_but_no_body)
{
    buf_adds(&r.body, "hello");
    response_header(&r, "Content-Type", "text/plain; charset=utf-8");
    ck_assert_int_eq(response_write(&r, true, &out), OK);
    ck_assert_str_eq(out.at,
        "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 5\r\n\r\n");
}
END_TEST

START_TEST(answers_without_a_body_have_no_length)
{
    static const int statuses[] = { 204, 304 };
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        buf_clear(&out);
        response_clear(&r);
        r.status = statuses[i];
        buf_adds(&r.body, "ignored");
        ck_assert_int_eq(response_write(&r, false, &out), OK);
        ck_assert_ptr_null(strstr(out.at, "Content-Length"));
        ck_assert_ptr_null(strstr(out.at, "ignored"));
    }
}
END_TEST

START_TEST(a_body_past_its_maximum_is_a_fault)
{
    for (int i = 0; i < 10; i++)
        buf_adds(&r.body, "0123456789");
    ck_assert_int_eq(response_write(&r, false, &out), R_FAULT);
}
END_TEST

START_TEST(a_header_is_set_once_whatever_its_case)
{
    response_header(&r, "Cache-Control", "no-store");
    response_header(&r, "cache-control", "private");
    response_header_add(&r, "Link", "<a>");
    response_header_add(&r, "Link", "<b>");
    ck_assert_str_eq(response_header_get(&r, "CACHE-CONTROL"), "private");
    ck_assert_ptr_null(response_header_get(&r, "Missing"));
    ck_assert_int_eq(response_write(&r, false, &out), OK);
    ck_assert_ptr_nonnull(
        strstr(out.at, "\r\ncache-control: private\r\nLink: <a>\r\nLink: <b>\r\n"));
    ck_assert_ptr_null(strstr(out.at, "no-store"));
}
END_TEST

START_TEST(a_header_with_line_ends_is_dropped)
{
    static const char *const values[] = { "a\r\nSet-Cookie: x=1", "a\nb", "a\rb",
        "a\x01", "a\x7f" };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        response_clear(&r);
        response_header(&r, "X-Bad", values[i]);
        ck_assert(r.spoiled);
        ck_assert_ptr_null(response_header_get(&r, "X-Bad"));
    }
    response_clear(&r);
    ck_assert(!r.spoiled);
}
END_TEST

START_TEST(headers_beyond_the_room_are_dropped)
{
    for (int i = 0; i < RESPONSE_HEADERS_MAX; i++)
        response_header_add(&r, "Link", "<a>");
    ck_assert(!r.spoiled);
    response_header_add(&r, "Link", "<b>");
    ck_assert(r.spoiled);
    ck_assert_int_eq(response_write(&r, false, &out), OK);
    ck_assert_ptr_null(strstr(out.at, "<b>"));
}
END_TEST

START_TEST(a_header_name_of_a_stranger_is_a_bug)
{
    response_header(&r, "X-Bad: y\r\nZ", "1");
}
END_TEST

static const struct {
    int line;
    const char *to, *location;
} redirect_cases[] = {
    { __LINE__, "/dashboard", "/dashboard" },
    { __LINE__, "/search?where=a%20b&page=2#top", "/search?where=a%20b&page=2#top" },
    { __LINE__, "/listings/3-caf\xc3\xa9 \"x\"", "/listings/3-caf%C3%A9%20%22x%22" },
    { __LINE__, "//evil.example", "/" },
    { __LINE__, "/\\evil.example", "/" },
    { __LINE__, "https://evil.example/", "/" },
    { __LINE__, "/a\r\nSet-Cookie: x=1", "/" },
    { __LINE__, NULL, "/" },
};

START_TEST(redirects_stay_on_this_site)
{
    buf_adds(&r.body, "rest of a page");
    response_redirect(&r, 303, redirect_cases[_i].to);
    ck_assert_int_eq(r.status, 303);
    ck_assert_uint_eq(r.body.n, 0);
    ck_assert_msg(
        strcmp(response_header_get(&r, "Location"), redirect_cases[_i].location) == 0,
        "case at line %d", redirect_cases[_i].line);
    ck_assert(r.spoiled == (strcmp(redirect_cases[_i].location, "/") == 0));
}
END_TEST

static const struct {
    int line;
    const char *url;
    bool ok;
} away_cases[] = {
    { __LINE__, "https://checkout.example/pay/cs_1#x", true },
    { __LINE__, "http://127.0.0.1:4242/onboard", true },
    { __LINE__, "//evil.example", false },
    { __LINE__, "/local", false },
    { __LINE__, "https:///x", false },
    { __LINE__, "https://@evil.example", false },
    { __LINE__, "javascript:alert(1)", false },
    { __LINE__, "https://a.example/\r\nSet-Cookie: x=1", false },
    { __LINE__, "https://a.example/ b", false },
    { __LINE__, "https://a.example\\b", false },
    { __LINE__, NULL, false },
};

START_TEST(redirects_away_need_a_whole_address)
{
    response_redirect_away(&r, away_cases[_i].url);
    ck_assert_msg(
        r.spoiled != away_cases[_i].ok, "case at line %d", away_cases[_i].line);
    ck_assert_str_eq(response_header_get(&r, "Location"),
        away_cases[_i].ok ? away_cases[_i].url : "/");
}
END_TEST

START_TEST(a_file_is_left_to_the_server)
{
    buf_adds(&r.body, "rest of a page");
    response_file(&r, "/private/documents/", "ab/abcdef0123.pdf", "application/pdf");
    ck_assert_int_eq(response_write(&r, false, &out), OK);
    ck_assert_str_eq(out.at,
        "Status: 200 OK\r\nX-Accel-Redirect: /private/documents/ab/abcdef0123.pdf\r\n"
        "Content-Type: application/pdf\r\n\r\n");
}
END_TEST

static const char *const bad_names[] = { "../secret", "a/../b", "/etc/passwd", "a//b",
    "a/", "", ".hidden", "a b", "a\nb" };

START_TEST(a_file_name_of_a_stranger_is_a_bug)
{
    response_file(&r, "/private/", bad_names[_i], "text/plain");
}
END_TEST

static const struct {
    int line;
    const char *filename, *value;
} attachment_cases[] = {
    { __LINE__, "bookings.csv",
        "attachment; filename=\"bookings.csv\"; filename*=UTF-8''bookings.csv" },
    { __LINE__, "a\"b\\c.pdf",
        "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf" },
    { __LINE__, "caf\xc3\xa9.pdf",
        "attachment; filename=\"caf__.pdf\"; filename*=UTF-8''caf%C3%A9.pdf" },
    { __LINE__, "a\r\nX: y",
        "attachment; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y" },
};

START_TEST(an_attachment_has_a_name_in_ascii_and_in_utf8)
{
    response_attachment(&r, attachment_cases[_i].filename);
    ck_assert_str_eq(
        response_header_get(&r, "Content-Disposition"), attachment_cases[_i].value);
}
END_TEST

START_TEST(security_headers_are_all_there_unless_set_before)
{
    static const char *const names[] = { "Content-Security-Policy",
        "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
        "Permissions-Policy", "Cache-Control", "Strict-Transport-Security" };
    response_header(&r, "Referrer-Policy", "no-referrer");
    response_secure(&r, "default-src 'self'", true);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_msg(response_header_get(&r, names[i]) != NULL, "%s", names[i]);
    ck_assert_str_eq(response_header_get(&r, "Referrer-Policy"), "no-referrer");
    ck_assert_str_eq(response_header_get(&r, "Cache-Control"), "no-store");
    ck_assert(!r.spoiled);
    response_clear(&r);
    response_secure(&r, NULL, false);
    ck_assert_ptr_null(response_header_get(&r, "Strict-Transport-Security"));
    ck_assert_ptr_null(response_header_get(&r, "Content-Security-Policy"));
}
END_TEST

void unit_http_response(Suite *s)
{
    TCase *t = tcase_create("response");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, write_makes_one_piece_of_status_headers_and_body);
    tcase_add_test(t, head_has_the_length_but_no_body);
    tcase_add_test(t, answers_without_a_body_have_no_length);
    tcase_add_test(t, a_body_past_its_maximum_is_a_fault);
    tcase_add_test(t, a_header_is_set_once_whatever_its_case);
    tcase_add_test(t, a_header_with_line_ends_is_dropped);
    tcase_add_test(t, headers_beyond_the_room_are_dropped);
    tcase_add_test_raise_signal(t, a_header_name_of_a_stranger_is_a_bug, SIGABRT);
    tcase_add_loop_test(t, redirects_stay_on_this_site, 0, COUNT_OF(redirect_cases));
    tcase_add_loop_test(
        t, redirects_away_need_a_whole_address, 0, COUNT_OF(away_cases));
    tcase_add_test(t, a_file_is_left_to_the_server);
    tcase_add_loop_test_raise_signal(
        t, a_file_name_of_a_stranger_is_a_bug, SIGABRT, 0, COUNT_OF(bad_names));
    tcase_add_loop_test(t, an_attachment_has_a_name_in_ascii_and_in_utf8, 0,
        COUNT_OF(attachment_cases));
    tcase_add_test(t, security_headers_are_all_there_unless_set_before);
    suite_add_tcase(s, t);
}
