#include "stripe/client.h"

#include <signal.h>
#include <string.h>

#include "support/peer.h"
#include "unit.h"
#include "util/guard.h"
#include "util/rand.h"

static struct arena *a;
static struct net *n;
static struct peer peer;
static struct stripe_reply reply;

static void set_up(void)
{
    a = arena_new(16 * 1024 * 1024);
    n = net_open();
    rand_open();
}

static void tear_down(void)
{
    net_close(n);
    arena_free(a);
}

static struct stripe_client client_of(int port)
{
    return (struct stripe_client) {
        .net = n,
        .base = arena_printf(a, "http://127.0.0.1:%d", port),
        .key = "sk_test_1",
        .total_ms = STRIPE_PAGE_MS,
    };
}

static const struct stripe_request create = {
    .method = "POST",
    .path = "/v1/payment_intents",
    .form = "amount=61845&metadata[app]=prep",
    .idempotency_key = "prep-pi-u1-a1",
};

/* Status, further header lines, and body of an answer. */
static char *answer(const char *status, const char *headers, const char *body)
{
    return arena_printf(a,
        "HTTP/1.1 %s\r\nRequest-Id: req_1\r\n%sContent-Length: %zu\r\n\r\n%s", status,
        headers, strlen(body), body);
}

static void call(const char *bytes)
{
    const char *const answers[] = { bytes, NULL };
    peer_start(&peer, answers);
    struct stripe_client c = client_of(peer.port);
    stripe_call(&c, a, &create, &reply);
}

START_TEST(a_post_carries_key_version_idempotency_and_form)
{
    const char *const answers[] = {
        answer("200 OK", "Idempotent-Replayed: true\r\n", "{\"id\":\"pi_1\"}"), NULL
    };
    peer_start(&peer, answers);
    struct stripe_client c = client_of(peer.port);
    c.account = "acct_1";
    stripe_call(&c, a, &create, &reply);
    ck_assert_int_eq(reply.outcome, STRIPE_OK);
    ck_assert_str_eq(json_text(reply.object, "id"), "pi_1");
    ck_assert_str_eq(reply.request_id, "req_1");
    ck_assert(reply.replayed);
    const char *heard = peer_heard(&peer);
    static const char *const lines[] = { "POST /v1/payment_intents HTTP/1.1\r\n",
        "\r\nAuthorization: Bearer sk_test_1\r\n",
        "\r\nStripe-Version: 2026-10-28.endive\r\n", "\r\nStripe-Account: acct_1\r\n",
        "\r\nIdempotency-Key: prep-pi-u1-a1\r\n",
        "\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        "\r\n\r\namount=61845&metadata[app]=prep" };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        ck_assert_msg(strstr(heard, lines[i]) != NULL, "%s", lines[i]);
    peer_stop(&peer);
}
END_TEST

START_TEST(a_get_carries_its_parameters_in_the_query)
{
    const char *const answers[] = { answer("200 OK", "", "{\"data\":[]}"), NULL };
    peer_start(&peer, answers);
    struct stripe_client c = client_of(peer.port);
    struct stripe_request list = {
        .method = "GET", .path = "/v1/events", .form = "limit=100&types[0]=a.b"
    };
    stripe_call(&c, a, &list, &reply);
    ck_assert_int_eq(reply.outcome, STRIPE_OK);
    const char *heard = peer_heard(&peer);
    ck_assert(text_starts(heard, "GET /v1/events?limit=100&types[0]=a.b HTTP/1.1\r\n"));
    ck_assert(strstr(heard, "Idempotency-Key") == NULL);
    peer_stop(&peer);
}
END_TEST

static const struct {
    int line;
    const char *status, *headers, *body;
    enum stripe_outcome outcome;
} cases[] = {
#define ERROR(type) "{\"error\":{\"type\":\"" type "\",\"message\":\"m\"}}"
#define CODED(type, code) "{\"error\":{\"type\":\"" type "\",\"code\":\"" code "\"}}"
#define RETRY "Stripe-Should-Retry: true\r\n"
#define NO_RETRY "Stripe-Should-Retry: false\r\n"
    { __LINE__, "200 OK", "", "{\"id\":\"x\"}", STRIPE_OK },
    { __LINE__, "200 OK", "", "{\"id\":", STRIPE_UNKNOWN },
    { __LINE__, "200 OK", "", "<html>", STRIPE_UNKNOWN },
    { __LINE__, "200 OK", "", "[]", STRIPE_UNKNOWN },
    { __LINE__, "302 Found", "Location: /\r\n", "", STRIPE_CONFIG },
    { __LINE__, "402 Payment", "", CODED("card_error", "card_declined"),
        STRIPE_DECLINED },
    { __LINE__, "402 Payment", "", ERROR("api_error"), STRIPE_DEFINITIVE },
    { __LINE__, "400 Bad", "", ERROR("invalid_request_error"), STRIPE_DEFINITIVE },
    { __LINE__, "404 Not", "", ERROR("invalid_request_error"), STRIPE_DEFINITIVE },
    { __LINE__, "400 Bad", "", ERROR("idempotency_error"), STRIPE_BUG },
    { __LINE__, "400 Bad", "", "<html>a proxy's page</html>", STRIPE_UNKNOWN },
    { __LINE__, "401 Un", "", ERROR("invalid_request_error"), STRIPE_CONFIG },
    { __LINE__, "401 Un", "", "", STRIPE_CONFIG },
    { __LINE__, "403 No", "", ERROR("invalid_request_error"), STRIPE_CONFIG },
    { __LINE__, "403 No", "", CODED("invalid_request_error", "account_invalid"),
        STRIPE_DEFINITIVE },
    { __LINE__, "409 Busy", "", CODED("idempotency_error", "idempotency_key_in_use"),
        STRIPE_BUSY },
    { __LINE__, "429 Slow", "", CODED("invalid_request_error", "lock_timeout"),
        STRIPE_BUSY },
    { __LINE__, "429 Slow", "", "", STRIPE_BUSY },
    { __LINE__, "500 Oh", "", ERROR("api_error"), STRIPE_UNKNOWN },
    { __LINE__, "503 Oh", "", "", STRIPE_UNKNOWN },
    { __LINE__, "400 Bad", RETRY, ERROR("invalid_request_error"), STRIPE_BUSY },
    { __LINE__, "409 Busy", NO_RETRY, ERROR("invalid_request_error"),
        STRIPE_DEFINITIVE },
    { __LINE__, "500 Oh", NO_RETRY, ERROR("api_error"), STRIPE_UNKNOWN },
    { __LINE__, "500 Oh", RETRY, ERROR("api_error"), STRIPE_UNKNOWN },
};

START_TEST(each_answer_has_its_outcome)
{
    call(answer(cases[_i].status, cases[_i].headers, cases[_i].body));
    ck_assert_msg(reply.outcome == cases[_i].outcome, "case at line %d: %s",
        cases[_i].line, stripe_outcome_name(reply.outcome));
    ck_assert((reply.object != NULL) == (reply.outcome == STRIPE_OK));
    peer_stop(&peer);
}
END_TEST

START_TEST(a_decline_brings_its_words)
{
    call(answer("402 Payment", "",
        "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\","
        "\"decline_code\":\"insufficient_funds\",\"message\":\"Too little.\"}}"));
    ck_assert_str_eq(reply.error.code, "card_declined");
    ck_assert_str_eq(reply.error.message, "Too little.");
    peer_stop(&peer);
}
END_TEST

START_TEST(no_answer_is_unknown_and_no_connection_is_not_sent)
{
    call("");
    ck_assert_int_eq(reply.outcome, STRIPE_UNKNOWN);
    peer_stop(&peer);
    struct stripe_client c = client_of(peer_free_port());
    stripe_call(&c, a, &create, &reply);
    ck_assert_int_eq(reply.outcome, STRIPE_NOT_SENT);
    ck_assert_str_ne(reply.error.message, "");
}
END_TEST

static const struct {
    int line;
    const char *base, *key;
    bool ok;
} settings[] = {
    { __LINE__, "https://api.stripe.com", "sk_live_1", true },
    { __LINE__, "https://api.stripe.com", "rk_test_1", true },
    { __LINE__, "http://127.0.0.1:12111", "sk_test_1", true },
    { __LINE__, "http://127.0.0.1:12111", "sk_live_1", false },
    { __LINE__, "https://api.stripe.com.evil.example", "rk_live_1", false },
    { __LINE__, "https://api.stripe.com", "pk_test_1", false },
    { __LINE__, "http://example.com", "sk_test_1", false },
    { __LINE__, "https://api.stripe.com", "", false },
    { __LINE__, "https://api.stripe.com", NULL, false },
};

START_TEST(a_live_key_goes_to_stripe_only)
{
    struct stripe_client c = { .net = n,
        .base = settings[_i].base,
        .key = settings[_i].key,
        .total_ms = STRIPE_PAGE_MS };
    ck_assert_msg((stripe_client_problem(&c) == NULL) == settings[_i].ok,
        "case at line %d", settings[_i].line);
    if (settings[_i].ok)
        return;
    stripe_call(&c, a, &create, &reply);
    ck_assert_int_eq(reply.outcome, STRIPE_CONFIG);
    ck_assert_int_eq(reply.http_status, 0);
}
END_TEST

static const struct {
    int line, status;
    const char *code;
    int64_t whole_s[7]; /* for tries 1 to 7 */
} pauses[] = {
    { __LINE__, 503, "", { 2, 4, 8, 16, 32, 60, 60 } },
    { __LINE__, 0, "", { 2, 4, 8, 16, 32, 60, 60 } },
    { __LINE__, 409, "idempotency_key_in_use", { 2, 4, 8, 16, 32, 60, 60 } },
    { __LINE__, 409, "lock_timeout", { 10, 20, 40, 60, 60, 60, 60 } },
    { __LINE__, 429, "", { 10, 20, 40, 60, 60, 60, 60 } },
};

START_TEST(pauses_double_to_a_minute_with_half_of_them_random)
{
    const struct stripe_reply said = { .http_status = pauses[_i].status,
        .error = { .code = pauses[_i].code } };
    rand_seed(7);
    for (int tries = 1; tries <= 7; tries++) {
        int64_t whole_s = pauses[_i].whole_s[tries - 1], least_s = 99, most_s = 0;
        for (int i = 0; i < 400; i++) {
            int64_t s = stripe_pause_s(&said, tries);
            least_s = s < least_s ? s : least_s;
            most_s = s > most_s ? s : most_s;
        }
        ck_assert_msg(least_s == (whole_s + 1) / 2 && most_s == whole_s,
            "case at line %d, try %d: %lld to %lld", pauses[_i].line, tries,
            (long long)least_s, (long long)most_s);
    }
    ck_assert_int_le(stripe_pause_s(&said, INT64_MAX), 60);
}
END_TEST

START_TEST(a_call_for_which_no_time_is_left_is_not_made)
{
    struct stripe_client c = { .net = n,
        .base = "http://127.0.0.1:1",
        .key = "sk_test_x",
        .total_ms = STRIPE_PAGE_MS,
        .until_ms = stripe_deadline(200) };
    stripe_call(&c, a, &create, &reply);
    ck_assert_int_eq(reply.outcome, STRIPE_NOT_SENT);
    ck_assert_str_eq(reply.error.message, "no time is left for it in this request");
}
END_TEST

void unit_stripe_client(Suite *s)
{
    TCase *t = tcase_create("client");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_post_carries_key_version_idempotency_and_form);
    tcase_add_test(t, a_get_carries_its_parameters_in_the_query);
    tcase_add_loop_test(t, each_answer_has_its_outcome, 0, COUNT_OF(cases));
    tcase_add_test(t, a_decline_brings_its_words);
    tcase_add_test(t, no_answer_is_unknown_and_no_connection_is_not_sent);
    tcase_add_loop_test(t, a_live_key_goes_to_stripe_only, 0, COUNT_OF(settings));
    tcase_add_loop_test(
        t, pauses_double_to_a_minute_with_half_of_them_random, 0, COUNT_OF(pauses));
    tcase_add_test(t, a_call_for_which_no_time_is_left_is_not_made);
    suite_add_tcase(s, t);
}
