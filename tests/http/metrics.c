/* Who may read the numbers, and how the machine does. */
#include "http.h"

#include "http/client.h"

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
}

static void close_client(void)
{
    client_close(&c);
}

START_TEST(this_machine_reads_the_numbers_whatever_it_says_of_others)
{
    const struct client_request r = { .method = "GET",
        .path = "/metrics",
        .headers = { "X-Forwarded-For: 203.0.113.5", "X-Real-IP: 203.0.113.5" } };
    ck_assert_int_eq(client_get(&c, "/metrics"), 200);
    ck_assert(client_shows(&c, "\nprep_bookings{state=\"confirmed\"} "));
    ck_assert_str_eq(
        client_header(&c, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    ck_assert_int_eq(client_send(&c, &r), 200);
    ck_assert_int_eq(client_get(&c, "/healthz"), 200);
    ck_assert_int_eq(client_get(&c, "/readyz"), 200);
}
END_TEST

START_TEST(nobody_else_does_whatever_he_says_of_himself)
{
    static const char *const paths[] = { "/metrics", "//metrics", "/x/../metrics",
        "/%6detrics", "/metrics?x=1", "/healthz", "/x/../healthz", "/%68ealthz",
        "/readyz", "//readyz", "/readyz?x=1" };
    curl_easy_setopt(c.curl, CURLOPT_INTERFACE, "127.0.0.2");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct client_request r = { .method = "GET",
            .path = paths[i],
            .headers = { "X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1" } };
        ck_assert_int_eq(client_send(&c, &r), 403);
        ck_assert(!client_shows(&c, "prep_"));
    }
    ck_assert_int_eq(client_get(&c, "/metrics/"), 404);
}
END_TEST

void http_metrics(Suite *s)
{
    TCase *t = stack_tcase(s, "metrics");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, this_machine_reads_the_numbers_whatever_it_says_of_others);
    tcase_add_test(t, nobody_else_does_whatever_he_says_of_himself);
    suite_add_tcase(s, t);
}
