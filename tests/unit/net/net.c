#include "net/net.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support/peer.h"
#include "unit.h"
#include "util/buf.h"
#include "util/guard.h"

static struct arena *a;
static struct net *n;
static struct peer peer;
static struct net_reply reply;

static void set_up(void)
{
    a = arena_new(16 * 1024 * 1024);
    n = net_open();
}

static void tear_down(void)
{
    net_close(n);
    arena_free(a);
}

static const struct {
    int line;
    const char *url;
    bool ok;
} url_cases[] = {
    { __LINE__, "https://api.stripe.com/v1/x", true },
    { __LINE__, "https://api.stripe.com", true },
    { __LINE__, "http://127.0.0.1:8123/v1", true },
    { __LINE__, "http://127.0.0.1", true },
    { __LINE__, "http://localhost/", false },
    { __LINE__, "http://127.0.0.1.evil.example/", false },
    { __LINE__, "http://127.0.0.1@evil.example/", false },
    { __LINE__, "http://127.0.0.1:80@evil.example/", false },
    { __LINE__, "https://user:pass@api.stripe.com/", false },
    { __LINE__, "http://evil.example/?http://127.0.0.1/", false },
    { __LINE__, "file:///etc/passwd", false },
    { __LINE__, "gopher://127.0.0.1/", false },
    { __LINE__, "127.0.0.1", false },
    { __LINE__, "https://a b/", false },
    { __LINE__, "", false },
    { __LINE__, NULL, false },
};

START_TEST(only_https_and_plain_http_to_loopback_are_spoken)
{
    ck_assert_msg(net_url_ok(url_cases[_i].url) == url_cases[_i].ok, "case at line %d",
        url_cases[_i].line);
}
END_TEST

static struct net_request request_to(const char *scheme, int port)
{
    return (struct net_request) { .method = "GET",
        .url = arena_printf(a, "%s://127.0.0.1:%d/v1/x?secret=1", scheme, port),
        .connect_ms = 2000,
        .total_ms = 5000,
        .max_bytes = 1000 };
}

static void call_peer(const char *answer)
{
    const char *const answers[] = { answer, NULL };
    peer_start(&peer, answers);
    struct net_request q = request_to("http", peer.port);
    net_call(n, a, &q, &reply);
}

START_TEST(a_whole_answer_comes_with_status_headers_and_body)
{
    call_peer("HTTP/1.1 402 No\r\nRequest-Id: req_1 \r\nX: \r\nContent-Length: 4\r\n"
              "\r\nbody");
    ck_assert_int_eq(reply.class, NET_OK);
    ck_assert_int_eq(reply.status, 402);
    ck_assert_str_eq(reply.body.at, "body");
    ck_assert_uint_eq(reply.body.n, 4);
    ck_assert_str_eq(net_header(&reply, "request-id"), "req_1");
    ck_assert_str_eq(net_header(&reply, "x"), "");
    ck_assert_ptr_eq(net_header(&reply, "y"), NULL);
    peer_stop(&peer);
}
END_TEST

START_TEST(a_post_sends_its_headers_and_body_as_given)
{
    const char *const answers[] = { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        NULL };
    peer_start(&peer, answers);
    struct net_request q = request_to("http", peer.port);
    q.method = "POST";
    q.body = (struct span) { "a=1&b[c]=%20", 12 };
    q.headers = (const char *const[]) { "Idempotency-Key: k1", NULL };
    net_call(n, a, &q, &reply);
    ck_assert_int_eq(reply.class, NET_OK);
    const char *heard = peer_heard(&peer);
    ck_assert(text_starts(heard, "POST /v1/x?secret=1 HTTP/1.1\r\n"));
    ck_assert(strstr(heard, "\r\nIdempotency-Key: k1\r\n") != NULL);
    ck_assert(strstr(heard, "Expect:") == NULL);
    ck_assert(text_ends(heard, "\r\n\r\na=1&b[c]=%20"));
    peer_stop(&peer);
}
END_TEST

START_TEST(nobody_listening_means_not_sent)
{
    struct net_request q = request_to("http", peer_free_port());
    net_call(n, a, &q, &reply);
    ck_assert_int_eq(reply.class, NET_NOT_SENT);
    ck_assert_int_eq(reply.status, 0);
    ck_assert_str_ne(reply.error, "");
}
END_TEST

START_TEST(no_tls_means_not_sent)
{
    const char *const answers[] = { "HTTP/1.1 400 Bad\r\n\r\n", NULL };
    peer_start(&peer, answers);
    struct net_request q = request_to("https", peer.port);
    q.total_ms = 200;
    net_call(n, a, &q, &reply);
    ck_assert_int_eq(reply.class, NET_NOT_SENT);
    peer_stop(&peer);
}
END_TEST

START_TEST(a_refused_address_means_not_sent)
{
    struct net_request q = request_to("http", 1);
    q.url = "file:///etc/passwd";
    net_call(n, a, &q, &reply);
    ck_assert_int_eq(reply.class, NET_NOT_SENT);
}
END_TEST

static const struct {
    int line;
    const char *answer;
} broken[] = {
    { __LINE__, "" }, { __LINE__, "HTTP/1.1 200 OK\r\nContent-Le" },
    { __LINE__, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"id\":" },
    { __LINE__,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n" },
    { __LINE__, "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" },
    { __LINE__, "HTTP/1.1 200 OK\r\n\r\nends with the connection" },
    { __LINE__, "not http at all\r\n\r\n" },
    { __LINE__, NULL }, /* silence until the time is up */
};

START_TEST(half_an_answer_means_that_the_outcome_is_unknown)
{
    const char *const answers[] = { broken[_i].answer, NULL };
    peer_start(&peer, answers);
    struct net_request q = request_to("http", peer.port);
    q.total_ms = broken[_i].answer == NULL ? 200 : 5000;
    net_call(n, a, &q, &reply);
    ck_assert_msg(reply.class == NET_UNKNOWN && reply.status == 0 && reply.body.n == 0,
        "case at line %d: %s", broken[_i].line, net_class_name(reply.class));
    peer_stop(&peer);
}
END_TEST

START_TEST(an_answer_longer_than_the_limit_is_unknown)
{
    struct buf answer;
    buf_init(&answer, 4000);
    buf_adds(&answer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
    for (int i = 0; i < 1001; i++)
        buf_addc(&answer, 'x');
    buf_adds(&answer, "\r\n0\r\n\r\n");
    call_peer(answer.at);
    ck_assert_int_eq(reply.class, NET_UNKNOWN);
    peer_stop(&peer);
    buf_free(&answer);
}
END_TEST

START_TEST(redirects_are_answers_and_not_followed)
{
    call_peer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
              "Content-Length: 0\r\n\r\n");
    ck_assert_int_eq(reply.class, NET_OK);
    ck_assert_int_eq(reply.status, 302);
    peer_stop(&peer);
}
END_TEST

START_TEST(proxies_of_the_environment_do_not_count)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    call_peer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ck_assert_int_eq(reply.class, NET_OK);
    peer_stop(&peer);
}
END_TEST

START_TEST(a_line_break_in_a_header_is_a_bug)
{
    struct net_request q = request_to("http", 1);
    q.headers = (const char *const[]) { "X: a\r\nY: b", NULL };
    net_call(n, a, &q, &reply);
}
END_TEST

static bool never(void *arg)
{
    return arg != NULL;
}

START_TEST(a_call_with_a_transaction_open_is_a_bug)
{
    net_require(n, never, NULL);
    struct net_request q = request_to("http", 1);
    net_call(n, a, &q, &reply);
}
END_TEST

void unit_net_net(Suite *s)
{
    TCase *t = tcase_create("net");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(
        t, only_https_and_plain_http_to_loopback_are_spoken, 0, COUNT_OF(url_cases));
    tcase_add_test(t, a_whole_answer_comes_with_status_headers_and_body);
    tcase_add_test(t, a_post_sends_its_headers_and_body_as_given);
    tcase_add_test(t, nobody_listening_means_not_sent);
    tcase_add_test(t, no_tls_means_not_sent);
    tcase_add_test(t, a_refused_address_means_not_sent);
    tcase_add_loop_test(
        t, half_an_answer_means_that_the_outcome_is_unknown, 0, COUNT_OF(broken));
    tcase_add_test(t, an_answer_longer_than_the_limit_is_unknown);
    tcase_add_test(t, redirects_are_answers_and_not_followed);
    tcase_add_test(t, proxies_of_the_environment_do_not_count);
    tcase_add_test_raise_signal(t, a_line_break_in_a_header_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(t, a_call_with_a_transaction_open_is_a_bug, SIGABRT);
    suite_add_tcase(s, t);
}
