/* Requests that two servers might read in two ways (the matrix of what nginx 1.22
 * answers), and what a kept connection must not carry over. Bytes as they are. */
#include "http.h"

#include <stdlib.h>
#include <string.h>

#include "http/client.h"
#include "util/guard.h"
#include "util/text.h"

enum { WAIT_MS = 3000 };

#define HOST "Host: 127.0.0.1\r\n"
#define CLOSE "Connection: close\r\n"

static struct arena *a;

static void open_arena(void)
{
    a = arena_new(64 * 1024 * 1024);
}

static void close_arena(void)
{
    arena_free(a);
}

static const char *ask(const char *bytes)
{
    return client_raw(a, stack.port, bytes, strlen(bytes), WAIT_MS);
}

static int status_of(const char *answer)
{
    return text_starts(answer, "HTTP/1.1 ") ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

static const struct {
    const char *name, *bytes;
    int status;
} matrix[] = {
    { "Content-Length and Transfer-Encoding",
        "POST /login HTTP/1.1\r\n" HOST
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\n" HOST "\r\n",
        400 },
    { "an unknown Transfer-Encoding",
        "POST /login HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        501 },
    { "two lengths",
        "POST /login HTTP/1.1\r\n" HOST
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        400 },
    { "a length that is none",
        "POST /login HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400 },
    { "two hosts", "GET / HTTP/1.1\r\n" HOST "Host: evil.example\r\n\r\n", 400 },
    { "no host", "GET / HTTP/1.1\r\n\r\n", 400 },
    { "a blank before the colon", "GET / HTTP/1.1\r\n" HOST "X-A : b\r\n\r\n", 400 },
    { "a folded header", "GET / HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n", 400 },
    { "TRACE", "TRACE / HTTP/1.1\r\n" HOST CLOSE "\r\n", 405 },
    { "CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
        400 },
    { "an escaped NUL in the path", "GET /%00 HTTP/1.1\r\n" HOST CLOSE "\r\n", 400 },
    { "a path above the root", "GET /../../etc/passwd HTTP/1.1\r\n" HOST CLOSE "\r\n",
        400 },
    { "a broken escape in the path", "GET /%zz HTTP/1.1\r\n" HOST CLOSE "\r\n", 400 },
    { "a broken escape in the query", "GET /?a=%zz HTTP/1.1\r\n" HOST CLOSE "\r\n",
        400 },
    { "bytes that are not UTF-8", "GET /%c3%28 HTTP/1.1\r\n" HOST CLOSE "\r\n", 400 },
    { "an overlong slash", "GET /%c0%af HTTP/1.1\r\n" HOST CLOSE "\r\n", 400 },
    { "a line break in the path", "GET /a%0d%0aX:%20b HTTP/1.1\r\n" HOST CLOSE "\r\n",
        400 },
    { "a chunk that is too long for its number",
        "POST /login HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na",
        400 },
    { "a version of the future", "GET / HTTP/3.1\r\n" HOST "\r\n", 505 },
    { "TLS on a plain port", "\x16\x03\x01\x02\x01\x01", 400 },
};

START_TEST(a_request_that_could_be_read_in_two_ways_is_refused)
{
    const char *answer = ask(matrix[_i].bytes);
    if (status_of(answer) != matrix[_i].status && matrix[_i].status == 400 &&
        *answer == '\0')
        return; /* refused without a word: the same to us */
    ck_assert_msg(
        status_of(answer) == matrix[_i].status, "%s: %.40s", matrix[_i].name, answer);
    ck_assert_msg(
        count(answer, "HTTP/1.1 ") == 1, "%s: answered twice", matrix[_i].name);
}
END_TEST

START_TEST(a_raw_nul_in_the_path_is_refused)
{
    static const char bytes[] = "GET /\0x HTTP/1.1\r\n" HOST "\r\n";
    ck_assert_int_eq(
        status_of(client_raw(a, stack.port, bytes, sizeof bytes - 1, WAIT_MS)), 400);
}
END_TEST

START_TEST(a_strangers_name_for_the_site_gets_no_answer)
{
    ck_assert_str_eq(ask("GET / HTTP/1.1\r\nHost: evil.example\r\n" CLOSE "\r\n"), "");
    ck_assert_str_eq(
        ask("GET http://evil.example/ HTTP/1.1\r\n" HOST CLOSE "\r\n"), "");
}
END_TEST

START_TEST(a_chunked_form_arrives_whole)
{
    const char *answer = ask("POST /login HTTP/1.1\r\n" HOST CLOSE
                             "Content-Type: application/x-www-form-urlencoded\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"
                             "5\r\nemail\r\n2\r\n=a\r\n0\r\n\r\n");
    ck_assert_int_eq(status_of(answer), 403); /* read, and found without a token */
}
END_TEST

/* The first body looks like a request; the second request is answered by itself. */
START_TEST(requests_on_one_connection_do_not_mix)
{
    const char *answer = ask("POST /login HTTP/1.1\r\n" HOST
                             "Content-Type: application/x-www-form-urlencoded\r\n"
                             "Content-Length: 35\r\n\r\n"
                             "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
                             "GET /healthz HTTP/1.1\r\n" HOST "\r\n"
                             "GET /terms HTTP/1.1\r\n" HOST CLOSE "\r\n");
    ck_assert_uint_eq(count(answer, "HTTP/1.1 "), 3);
    ck_assert_uint_eq(count(answer, "HTTP/1.1 200"), 2);
    struct buf log;
    buf_init(&log, 1024 * 1024);
    stack_log_read(&stack, stack_log_length(&stack) - 2000, &log);
    ck_assert_ptr_null(strstr(log.at, "smuggled"));
    buf_free(&log);
}
END_TEST

/* The body is not read when the answer is clear without it: what is left of it must
 * not be taken for the next request. */
START_TEST(an_unread_body_is_not_the_next_request)
{
    const char *answer = ask("POST /no/such/page HTTP/1.1\r\n" HOST
                             "Content-Type: application/x-www-form-urlencoded\r\n"
                             "Content-Length: 35\r\n\r\n"
                             "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
                             "GET /healthz HTTP/1.1\r\n" HOST CLOSE "\r\n");
    ck_assert_uint_eq(count(answer, "HTTP/1.1 404"), 1);
    ck_assert_uint_eq(count(answer, "HTTP/1.1 200"), 1);
}
END_TEST

START_TEST(a_body_that_ends_too_early_reaches_no_handler)
{
    int64_t before = stack_log_length(&stack);
    static const char bytes[] = "POST /login HTTP/1.1\r\n" HOST
                                "Content-Type: application/x-www-form-urlencoded\r\n"
                                "Content-Length: 100\r\n\r\nemail=a";
    const char *answer = client_raw(a, stack.port, bytes, sizeof bytes - 1, 200);
    ck_assert_str_eq(answer, "");
    ck_assert_int_eq(stack_log_length(&stack), before);
}
END_TEST

/* One Content-Length over the limit is refused before the body is there. */
START_TEST(a_length_beyond_the_limit_is_refused_at_once)
{
    const char *answer = ask("POST /login HTTP/1.1\r\n" HOST CLOSE
                             "Content-Type: application/x-www-form-urlencoded\r\n"
                             "Content-Length: 99999999999\r\n\r\n");
    ck_assert_int_eq(status_of(answer), 413);
}
END_TEST

void http_smuggling(Suite *s)
{
    TCase *t = stack_tcase(s, "smuggling");
    tcase_add_checked_fixture(t, open_arena, close_arena);
    tcase_add_loop_test(
        t, a_request_that_could_be_read_in_two_ways_is_refused, 0, COUNT_OF(matrix));
    tcase_add_test(t, a_raw_nul_in_the_path_is_refused);
    tcase_add_test(t, a_strangers_name_for_the_site_gets_no_answer);
    tcase_add_test(t, a_chunked_form_arrives_whole);
    tcase_add_test(t, requests_on_one_connection_do_not_mix);
    tcase_add_test(t, an_unread_body_is_not_the_next_request);
    tcase_add_test(t, a_body_that_ends_too_early_reaches_no_handler);
    tcase_add_test(t, a_length_beyond_the_limit_is_refused_at_once);
}
