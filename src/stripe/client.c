#include "stripe/client.h"

#include <string.h>
#include <time.h>

#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

const char *stripe_outcome_name(enum stripe_outcome outcome)
{
    static const char *const names[] = {
        [STRIPE_OK] = "ok",
        [STRIPE_DECLINED] = "declined",
        [STRIPE_DEFINITIVE] = "definitive",
        [STRIPE_BUG] = "bug",
        [STRIPE_CONFIG] = "config",
        [STRIPE_BUSY] = "busy",
        [STRIPE_UNKNOWN] = "unknown",
        [STRIPE_NOT_SENT] = "not_sent",
    };
    return (unsigned)outcome < COUNT_OF(names) ? names[outcome] : "unknown";
}

bool stripe_key_is_live(const char *key)
{
    return key != NULL &&
           (text_starts(key, "sk_live_") || text_starts(key, "rk_live_"));
}

const char *stripe_client_problem(const struct stripe_client *c)
{
    static const char live_base[] = "https://api.stripe.com";
    bool live_key = stripe_key_is_live(c->key);
    bool test_key = c->key != NULL && (text_starts(c->key, "sk_test_") ||
                                          text_starts(c->key, "rk_test_"));
    if (!test_key && !live_key)
        return "The Stripe key does not begin with sk_test_, rk_test_, sk_live_ or "
               "rk_live_.";
    if (!net_url_ok(c->base))
        return "The Stripe address is neither https nor http://127.0.0.1.";
    if (live_key && !text_is(c->base, live_base))
        return "A live Stripe key may go to https://api.stripe.com only.";
    return NULL;
}

/* ---- what an answer means ---- */

/* The first row that fits counts; type and code NULL fit any. */
static const struct {
    int from, to;
    const char *type;
    bool with_code; /* only if the error names a code */
    enum stripe_outcome outcome;
} outcomes[] = {
    { 300, 399, NULL, false, STRIPE_CONFIG }, /* the API never redirects */
    { 401, 401, NULL, false, STRIPE_CONFIG },
    { 402, 402, "card_error", false, STRIPE_DECLINED },
    /* A 403 with a code is about one object or account, without one about our key. */
    { 403, 403, "invalid_request_error", true, STRIPE_DEFINITIVE },
    { 403, 403, NULL, false, STRIPE_CONFIG },
    { 409, 409, NULL, false, STRIPE_BUSY },
    { 429, 429, NULL, false, STRIPE_BUSY },
    { 400, 499, "idempotency_error", false, STRIPE_BUG },
    { 400, 499, NULL, false, STRIPE_DEFINITIVE },
    { 500, 599, NULL, false, STRIPE_UNKNOWN },
};

static enum stripe_outcome outcome_of_error(int status, const struct stripe_error *e)
{
    /* A client error that is not in Stripe's form came from something between. */
    if (status >= 400 && status < 500 && status != 401 && status != 429 &&
        e->type[0] == '\0')
        return STRIPE_UNKNOWN;
    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        if (status >= outcomes[i].from && status <= outcomes[i].to &&
            (outcomes[i].type == NULL || text_is(outcomes[i].type, e->type)) &&
            (!outcomes[i].with_code || e->code[0] != '\0'))
            return outcomes[i].outcome;
    return STRIPE_UNKNOWN;
}

/* A 5xx stays unknown even when sending it again is no use: it may have happened. */
static enum stripe_outcome overrule(
    enum stripe_outcome outcome, int status, const char *should_retry)
{
    if (text_is(should_retry, "true") && status < 500)
        return STRIPE_BUSY;
    if (text_is(should_retry, "false") && outcome == STRIPE_BUSY)
        return STRIPE_DEFINITIVE;
    return outcome;
}

static void judge(
    struct arena *a, const struct net_reply *net, struct stripe_reply *out)
{
    if (net->class != NET_OK) {
        out->outcome = net->class == NET_NOT_SENT ? STRIPE_NOT_SENT : STRIPE_UNKNOWN;
        out->error.message = net->error;
        return;
    }
    const struct json *object;
    bool is_json = json_read(a, net->body.at, net->body.n, &object) == OK &&
                   object->kind == JSON_OBJECT;
    out->http_status = net->status;
    const char *request_id = net_header(net, "request-id");
    out->request_id = request_id == NULL ? "" : request_id;
    out->replayed = text_is(net_header(net, "idempotent-replayed"), "true");
    if (net->status >= 200 && net->status < 300) {
        out->outcome = is_json ? STRIPE_OK : STRIPE_UNKNOWN;
        out->object = is_json ? object : NULL;
        if (!is_json)
            out->error.message = "the answer is not JSON";
        return;
    }
    stripe_read_error(is_json ? object : NULL, &out->error);
    out->outcome = overrule(outcome_of_error(net->status, &out->error), net->status,
        net_header(net, "stripe-should-retry"));
}

/* ---- the call ---- */

static int64_t monotonic_ms(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t stripe_deadline(int64_t total_ms)
{
    return monotonic_ms() + total_ms;
}

/* Below so little no answer can be hoped for: then nothing is begun. */
static int64_t time_left_ms(const struct stripe_client *c)
{
    enum { LEAST_MS = 250 };
    if (c->until_ms == 0)
        return c->total_ms;
    int64_t left_ms = c->until_ms - monotonic_ms();
    left_ms = left_ms < c->total_ms ? left_ms : c->total_ms;
    return left_ms < LEAST_MS ? 0 : left_ms;
}

static struct net_request make_request(const struct stripe_client *c, struct arena *a,
    const struct stripe_request *q, int64_t total_ms)
{
    bool get = text_is(q->method, "GET");
    bool query = get && !text_empty(q->form);
    const char **headers = arena_array(a, 6, sizeof *headers);
    size_t n = 0;
    headers[n++] = arena_printf(a, "Authorization: Bearer %s", c->key);
    headers[n++] = "Stripe-Version: " STRIPE_VERSION;
    if (!get)
        headers[n++] = "Content-Type: application/x-www-form-urlencoded";
    if (c->account != NULL)
        headers[n++] = arena_printf(a, "Stripe-Account: %s", c->account);
    if (q->idempotency_key != NULL) {
        CHECK(!get && strlen(q->idempotency_key) <= STRIPE_KEY_BYTES_MAX);
        headers[n++] = arena_printf(a, "Idempotency-Key: %s", q->idempotency_key);
    }
    return (struct net_request) {
        .method = q->method,
        .url = arena_printf(
            a, "%s%s%s%s", c->base, q->path, query ? "?" : "", query ? q->form : ""),
        .headers = headers,
        .body = get || q->form == NULL ? (struct span) { "", 0 }
                                       : (struct span) { q->form, strlen(q->form) },
        .connect_ms = STRIPE_CONNECT_MS,
        .total_ms = total_ms,
        .max_bytes = JSON_BYTES_MAX,
    };
}

void stripe_call(const struct stripe_client *c, struct arena *a,
    const struct stripe_request *request, struct stripe_reply *out)
{
    CHECK(text_is(request->method, "GET") || text_is(request->method, "POST"));
    *out = (struct stripe_reply) { .outcome = STRIPE_CONFIG, .request_id = "" };
    stripe_read_error(NULL, &out->error);
    const char *problem = stripe_client_problem(c);
    int64_t total_ms = time_left_ms(c);
    if (problem != NULL) {
        out->error.message = problem;
    } else if (total_ms == 0) {
        out->outcome = STRIPE_NOT_SENT;
        out->error.message = "no time is left for it in this request";
    } else {
        struct net_request q = make_request(c, a, request, total_ms);
        struct net_reply *reply = arena_alloc(a, sizeof *reply);
        net_call(c->net, a, &q, reply);
        judge(a, reply, out);
    }
    if (out->outcome == STRIPE_OK)
        return;
    struct buf *line =
        log_begin(out->outcome == STRIPE_DECLINED ? "info" : "warn", "stripe");
    log_text(line, "path", request->path);
    log_text(line, "outcome", stripe_outcome_name(out->outcome));
    log_int(line, "status", out->http_status);
    log_text(line, "type", out->error.type);
    log_text(line, "code", out->error.code);
    log_text(line, "param", out->error.param);
    log_text(line, "message", out->error.message);
    log_text(line, "stripe_request_id", out->request_id);
    log_end(line);
}

int64_t stripe_pause_s(const struct stripe_reply *reply, int64_t tries)
{
    enum { FIRST_S = 2, FIRST_BUSY_S = 10, MOST_S = 60 };
    CHECK(tries >= 1);
    bool too_much =
        reply->http_status == 429 || text_is(reply->error.code, "lock_timeout");
    int64_t whole_s = too_much ? FIRST_BUSY_S : FIRST_S;
    for (int64_t i = 1; i < tries && whole_s < MOST_S; i++)
        whole_s *= 2;
    whole_s = whole_s < MOST_S ? whole_s : MOST_S;
    int64_t half_s = whole_s / 2;
    return whole_s - half_s + rand_below((uint32_t)half_s + 1);
}
