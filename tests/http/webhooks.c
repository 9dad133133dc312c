/* POST /stripe/webhook and /stripe/webhook-connect: only what Stripe has signed, just
 * now, and once. */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/people.h"
#include "support/event.h"
#include "util/guard.h"

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

/* An event of a kind that changes nothing here. */
static const char *event(const char *id)
{
    return event_body(
        c.arena, &(struct event) { .id = id,
                     .type = "customer.created",
                     .object = "{\"id\":\"cus_http\",\"object\":\"customer\","
                               "\"livemode\":false}" });
}

static int deliver(const char *body, const char *header)
{
    return client_deliver(&c, "/stripe/webhook", body, header);
}

static const char *sign(const char *body, const char *secret, int64_t age_s)
{
    return event_signature(c.arena, body, secret, time(NULL) - age_s);
}

static int64_t kept(const char *id)
{
    return people_int("SELECT COUNT(*) FROM stripe_events WHERE event_id = %Q", id);
}

START_TEST(a_signed_event_is_kept_once_however_often_it_comes)
{
    const char *body = event("evt_http_good");
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, 0)), 200);
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, 0)), 200);
    ck_assert_int_eq(kept("evt_http_good"), 1);
}
END_TEST

START_TEST(matrix_10_each_endpoint_has_secrets_of_its_own)
{
    static const char path[] = "/stripe/webhook-connect";
    const char *body = event("evt_http_connected");
    const char *ours = sign(body, stack.webhook_secret, 0);
    const char *connected = sign(body, stack.connect_secret, 0);
    ck_assert_int_eq(client_deliver(&c, path, body, ours), 400);
    ck_assert_int_eq(deliver(body, connected), 400);
    ck_assert_int_eq(kept("evt_http_connected"), 0);
    ck_assert_int_eq(client_deliver(&c, path, body, connected), 200);
    ck_assert_int_eq(kept("evt_http_connected"), 1);
}
END_TEST

START_TEST(one_good_signature_among_others_is_enough)
{
    const char *body = event("evt_http_two");
    const char *good = sign(body, stack.webhook_secret, 0);
    const char *v1 = strstr(good, "v1=");
    ck_assert_int_eq(deliver(body, arena_printf(c.arena, "%.*sv1=%064d,v0=%064d,%s",
                                       (int)(v1 - good), good, 0, 0, v1)),
        200);
    ck_assert_int_eq(kept("evt_http_two"), 1);
}
END_TEST

START_TEST(what_stripe_did_not_sign_is_refused_and_not_kept)
{
    const char *body = event("evt_http_bad");
    const char *good = sign(body, stack.webhook_secret, 0);
    char *changed = arena_strdup(c.arena, good);
    size_t last = strlen(changed) - 1;
    changed[last] = changed[last] == '0' ? '1' : '0';
    const char *const headers[] = {
        NULL,
        "",
        "t=1",
        "v1=00",
        "nonsense",
        changed,
        sign(body, "whsec_of_somebody_else", 0),
        sign(event("evt_http_other"), stack.webhook_secret, 0),
        arena_printf(
            c.arena, "t=%lld,v0=%s", (long long)time(NULL), strstr(good, "v1=") + 3),
        arena_printf(c.arena, "t=99999999999999999999,%s", strstr(good, "v1=")),
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        ck_assert_msg(deliver(body, headers[i]) == 400, "header %zu: %d", i, c.status);
    ck_assert_int_eq(kept("evt_http_bad"), 0);
}
END_TEST

START_TEST(a_signature_of_ten_minutes_ago_or_ahead_is_refused)
{
    const char *body = event("evt_http_old");
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, 600)), 400);
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, -600)), 400);
    ck_assert_int_eq(kept("evt_http_old"), 0);
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, 200)), 200);
}
END_TEST

START_TEST(signed_nonsense_is_refused)
{
    char deep[20000];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    const char *const bodies[] = { "", "{}", "[]", "null", "{\"id\":1}",
        "{\"id\":\"evt_x\"}", deep,
        "{\"id\":\"evt_http_twice\",\"id\":\"evt_http_twice2\"}",
        "{\"id\":\"evt_\\u0000\"}", "{\"id\":\"evt_\xff\"}", "not json" };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        int status = deliver(bodies[i], sign(bodies[i], stack.webhook_secret, 0));
        ck_assert_msg(status == 400, "body %zu: %d", i, status);
    }
}
END_TEST

START_TEST(a_body_beyond_256_kib_is_refused)
{
    size_t n = 300 * 1024;
    char *body = arena_alloc(c.arena, n + 1);
    memset(body, ' ', n);
    ck_assert_int_eq(deliver(body, sign(body, stack.webhook_secret, 0)), 413);
    n = 1100 * 1024;
    body = arena_alloc(c.arena, n + 1);
    memset(body, ' ', n);
    ck_assert_int_eq(deliver(body, "t=1,v1=00"), 413);
}
END_TEST

START_TEST(a_get_is_405)
{
    ck_assert_int_eq(client_get(&c, "/stripe/webhook"), 405);
}
END_TEST

void http_webhooks(Suite *s)
{
    TCase *t = stack_tcase(s, "webhooks");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, a_signed_event_is_kept_once_however_often_it_comes);
    tcase_add_test(t, matrix_10_each_endpoint_has_secrets_of_its_own);
    tcase_add_test(t, one_good_signature_among_others_is_enough);
    tcase_add_test(t, what_stripe_did_not_sign_is_refused_and_not_kept);
    tcase_add_test(t, a_signature_of_ten_minutes_ago_or_ahead_is_refused);
    tcase_add_test(t, signed_nonsense_is_refused);
    tcase_add_test(t, a_body_beyond_256_kib_is_refused);
    tcase_add_test(t, a_get_is_405);
}
