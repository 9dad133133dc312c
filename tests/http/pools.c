/* The pools: which does what kind of work, and that a flood of one kind leaves the
 * others alone. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/people.h"
#include "util/guard.h"
#include "util/text.h"

static struct stack own;
static struct client c;

static void open_own(void)
{
    stack_start(&own, false);
    client_open(&c, &own);
}

static void close_own(void)
{
    client_close(&c);
    stack_stop(&own);
}

/* ---- which pool ---- */

static const struct {
    const char *method, *path, *pool;
} ways[] = {
    { "GET", "/", "web" },
    { "GET", "/search?where=Austin", "web" },
    { "GET", "/bookings", "web" },
    { "POST", "/listings/1/book", "book" },
    { "POST", "/stripe/webhook", "book" },
    { "POST", "/stripe/webhook-connect", "book" },
    { "GET", "/login", "auth" },
    { "POST", "/login", "auth" },
    { "POST", "/signup", "auth" },
    { "POST", "/forgot-password", "auth" },
    { "POST", "/reset-password", "auth" },
    { "POST", "/account/password", "auth" },
    { "POST", "/checkout/1/intent", "slow" },
    { "POST", "/host/stripe/connect", "slow" },
    { "POST", "/host/listings/1/photos", "slow" },
    { "POST", "/host/listings/1/documents", "slow" },
    { "POST", "/host/listings/1/edit", "web" },
};

/* On the common site: nothing is harmed here. */
START_TEST(each_kind_of_work_has_its_pool)
{
    struct buf log;
    client_open(&c, &stack);
    int64_t before = stack_log_length(&stack);
    buf_init(&log, 65536);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct client_request r = { ways[i].method, ways[i].path };
        if (text_is(ways[i].method, "POST")) {
            r.type = "application/x-www-form-urlencoded";
            r.body = "a=b";
            r.n = 3;
        }
        client_send(&c, &r);
        stack_log_read(&stack, before, &log);
        before = stack_log_length(&stack);
        ck_assert_msg(strstr(log.at, arena_printf(c.arena, "\"pool\":\"%s\"",
                                         ways[i].pool)) != NULL,
            "%s %s is not done by %s: %s", ways[i].method, ways[i].path, ways[i].pool,
            log.at);
        buf_clear(&log);
    }
    buf_free(&log);
    client_close(&c);
}
END_TEST

/* ---- a flood of logins ---- */

START_TEST(pages_are_answered_during_a_flood_of_logins)
{
    enum { LOGINS = 60, PAGES = 60 };
    static struct shot shots[LOGINS + PAGES];
    double page_s = 0, login_s = 0;
    int answered = 0;
    client_get(&c, "/login");
    const char *cookie =
        arena_printf(c.arena, "__Host-browser=%s", client_cookie(&c, "__Host-browser"));
    const char *csrf = client_csrf(&c);
    for (int i = 0; i < LOGINS + PAGES; i++)
        shots[i] = i % 2 == 0 ? (struct shot) { .path = "/login",
            .cookie = cookie,
            .fields = arena_printf(c.arena,
                "email=p%d%%40http.test&password=wrong+wrong&next=&csrf=%s", i, csrf) }
                              : (struct shot) { .path = "/terms" };
    client_volley(&own, shots, COUNT_OF(shots));
    for (size_t i = 0; i < COUNT_OF(shots); i++) {
        bool login = i % 2 == 0;
        ck_assert_msg(login ? shots[i].status == 422 || shots[i].status == 429
                            : shots[i].status == 200,
            "%s: %d", shots[i].path, shots[i].status);
        answered += login && shots[i].status == 422;
        double *slowest = login ? &login_s : &page_s;
        *slowest = shots[i].s > *slowest ? shots[i].s : *slowest;
    }
    ck_assert_int_gt(answered, 10); /* really hashed, not all throttled */
    fprintf(stderr, "pools: slowest page %.0f ms beside slowest login %.0f ms\n",
        page_s * 1000, login_s * 1000);
}
END_TEST

START_TEST(nginx_slows_down_who_floods_and_says_when_to_come_back)
{
    enum { LOGINS = 60 };
    static struct shot shots[LOGINS];
    struct stack limited = own;
    int refused = 0;
    snprintf(limited.url, sizeof limited.url, "http://127.0.0.1:%d", own.limited_port);
    for (int i = 0; i < LOGINS; i++)
        shots[i] = (struct shot) { .path = "/login" };
    client_volley(&limited, shots, LOGINS);
    for (int i = 0; i < LOGINS; i++) {
        ck_assert_msg(
            shots[i].status == 200 || shots[i].status == 429, "%d", shots[i].status);
        refused += shots[i].status == 429;
    }
    ck_assert_int_gt(refused, 10);
    struct client other;
    client_open(&other, &limited);
    while (client_get(&other, "/login") != 429)
        ck_assert_int_eq(other.status, 200);
    ck_assert_ptr_nonnull(client_header(&other, "Retry-After"));
    ck_assert_str_eq(client_header(&other, "X-Content-Type-Options"), "nosniff");
    ck_assert_int_eq(
        client_get(&other, "/terms"), 200); /* pages have a limit of their own */
    client_close(&other);
}
END_TEST

START_TEST(guessing_a_password_is_stopped_whatever_address_a_header_claims)
{
    client_get(&c, "/login");
    const char *body = arena_printf(c.arena,
        "email=somebody%%40http.test&password=wrong+wrong&next=&csrf=%s",
        client_csrf(&c));
    for (int i = 0; i <= own.conf.login_tries; i++) {
        struct client_request r = { "POST", "/login",
            "application/x-www-form-urlencoded", body, strlen(body),
            { arena_printf(c.arena, "X-Forwarded-For: 203.0.113.%d", i) } };
        int status = client_send(&c, &r);
        ck_assert_msg(
            status == (i < own.conf.login_tries ? 422 : 429), "try %d: %d", i, status);
    }
    ck_assert_ptr_nonnull(client_header(&c, "Retry-After"));
}
END_TEST

START_TEST(five_mails_at_most_for_somebody_who_asks_50_times_for_a_new_password)
{
    int refused = 0;
    people_open(&own);
    people_add("vendor");
    const char *email = people_text(c.arena, "SELECT email FROM users");
    client_get(&c, "/forgot-password");
    const char *body =
        arena_printf(c.arena, "email=%s&csrf=%s", email, client_csrf(&c));
    for (int i = 0; i < 50; i++) {
        int status = client_post_bare(&c, "/forgot-password", body);
        ck_assert_msg(status < 400 || status == 429, "%d", status);
        refused += status == 429;
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_ptr_nonnull(client_header(&c, "Retry-After"));
    int64_t mails = people_int("SELECT COUNT(*) FROM outbox WHERE kind = 'reset'");
    ck_assert_msg(mails >= 1 && mails <= 5, "%d mails", (int)mails);
    people_close();
}
END_TEST

void http_pools(Suite *s)
{
    tcase_add_test(stack_tcase(s, "ways"), each_kind_of_work_has_its_pool);
    TCase *t = tcase_create("pools");
    tcase_add_checked_fixture(t, open_own, close_own);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, pages_are_answered_during_a_flood_of_logins);
    tcase_add_test(t, nginx_slows_down_who_floods_and_says_when_to_come_back);
    tcase_add_test(t, guessing_a_password_is_stopped_whatever_address_a_header_claims);
    tcase_add_test(
        t, five_mails_at_most_for_somebody_who_asks_50_times_for_a_new_password);
    suite_add_tcase(s, t);
}
