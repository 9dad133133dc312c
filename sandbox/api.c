#include "api.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "accounts.h"
#include "faults.h"
#include "form.h"
#include "routes.h"
#include "util/guard.h"
#include "util/text.h"

enum { KEY_MAX = 255, KEY_LIFE_S = 24 * 3600, PAIRS_MAX = 2000 };
enum { HANG_MS = 120000 };

/* ---- who asks ---- */

static enum result check_key(struct call *c)
{
    const char *key = c->authorization;
    if (text_empty(key))
        return call_error(c, 401, "invalid_request_error", NULL, NULL,
            "You did not provide an API key. Set the header 'Authorization: Bearer "
            "YOUR_SECRET_KEY'.");
    key += text_starts(key, "Bearer ") ? strlen("Bearer ") : 0;
    if (text_starts(key, "pk_test_"))
        return call_error(c, 401, "invalid_request_error", "secret_key_required", NULL,
            "This call cannot be made with a publishable key. Use a secret key.");
    if (text_starts(key, "sk_test_expired"))
        return call_error(c, 401, "invalid_request_error", "api_key_expired", NULL,
            "Expired API Key provided: sk_test_expired.");
    bool test = text_starts(key, "sk_test_") || text_starts(key, "rk_test_");
    if (!test || strlen(key) <= strlen("sk_test_"))
        return call_error(c, 401, "invalid_request_error", NULL, NULL,
            "Invalid API key: the sandbox takes sk_test_ and rk_test_ keys only.");
    return OK;
}

static enum result check_account(struct call *c)
{
    if (text_empty(c->account_header))
        return OK;
    if (objects_find(c, "account", c->account_header) == NULL)
        return accounts_refuse(c, c->account_header);
    c->account = c->account_header;
    return OK;
}

static enum result check_version(struct call *c)
{
    if (text_empty(c->version) || text_is(c->version, STRIPE_VERSION))
        return OK;
    return call_invalid(c, NULL, NULL,
        "Invalid Stripe API version: %s. This sandbox speaks " STRIPE_VERSION ".",
        c->version);
}

/* ---- what is asked ---- */

static enum result check_params(struct call *c, const struct route *route)
{
    const char *form = text_is(c->method, "POST") ? c->body : c->query;
    struct value *given = form_read(c->a, form == NULL ? "" : form);
    if (given == NULL)
        return call_invalid(c, NULL, NULL, "Invalid request: the form is broken.");
    const struct value *schema = spec_params(c->box->spec, c->method, route->template);
    struct spec_fault fault;
    c->params = spec_check(c->box->spec, c->a, schema, given, &fault);
    if (c->params != NULL)
        return OK;
    if (text_is(fault.code, "parameter_unknown") &&
        text_is(fault.param, "payment_method_types"))
        return call_invalid(c, "payment_method_types_no_longer_supported", fault.param,
            "payment_method_types is not supported from " STRIPE_VERSION
            " on. Use allowed_payment_method_types.");
    return call_invalid(c, fault.code, fault.param, "%s", fault.message);
}

/* ---- idempotency ---- */

static int compare_pairs(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

/* A digest of method, path and parameters, whatever their order. */
static const char *request_digest(struct call *c)
{
    char **pairs = arena_array(c->a, PAIRS_MAX, sizeof *pairs);
    size_t n = 0;
    char *rest = arena_strdup(c->a, c->body == NULL ? "" : c->body);
    for (char *pair; n < PAIRS_MAX && (pair = strsep(&rest, "&")) != NULL;)
        pairs[n++] = pair;
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    struct buf text;
    buf_init(&text, 2 << 20);
    buf_printf(&text, "%s %s\n", c->method, c->path);
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s&", pairs[i]);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text.at, text.n, digest);
    buf_free(&text);
    return text_hex(c->a, digest, sizeof digest);
}

/* OK and *ANSWERED: the key has been used, its answer stands in C. OK and not: the
 * request may go on. */
static enum result recall(struct call *c, const char *digest, bool *answered)
{
    struct store_key known;
    *answered =
        store_key_get(c->box->store, c->a, c->account, c->idempotency_key, &known);
    if (!*answered)
        return OK;
    if (!text_is(known.request, digest))
        return call_error(c, 400, "idempotency_error", NULL, NULL,
            "Keys for idempotent requests can only be used with the same parameters "
            "they "
            "were first used with. Try using a key other than '%s'.",
            c->idempotency_key);
    if (known.running)
        return call_error(c, 409, "idempotency_error", "idempotency_key_in_use", NULL,
            "There is currently another in-progress request using this key.");
    c->status = (int)known.status;
    c->reply = value_read(c->a, known.body, strlen(known.body));
    CHECK(c->reply != NULL);
    c->replayed = true;
    return OK;
}

static void key_save(struct call *c, const char *digest, bool running)
{
    const struct store_key key = {
        .account = c->account,
        .key = c->idempotency_key,
        .request = digest,
        .running = running,
        .status = running ? 0 : c->status,
        .body = running ? "" : value_string(c->a, c->reply),
        .created_at = sandbox_now(c->box),
    };
    store_key_put(c->box->store, &key);
}

/* ---- faults ---- */

static enum result refuse_by_fault(struct call *c, enum fault_kind kind)
{
    switch (kind) {
    case FAULT_503:
        return call_error(c, 503, "api_error", NULL, NULL,
            "The sandbox was told to be out of service.");
    case FAULT_429:
        return call_error(c, 429, "invalid_request_error", "rate_limit", NULL,
            "Too many requests, too quickly (the sandbox was told so).");
    case FAULT_409:
        return call_error(c, 409, "invalid_request_error", "lock_timeout", NULL,
            "This object cannot be accessed right now because another request is using "
            "it (the sandbox was told so).");
    case FAULT_500_CACHED:
        return call_error(
            c, 500, "api_error", NULL, NULL, "The sandbox was told to fail.");
    default:
        return OK;
    }
}

static void end_by_fault(struct call *c, enum fault_kind kind, int64_t ms)
{
    if (kind == FAULT_RESET_MID_BODY)
        c->end = CALL_HALF;
    if (kind == FAULT_TIMEOUT_AFTER_COMMIT) {
        c->end = CALL_HANG;
        c->wait_ms = ms > 0 ? ms : HANG_MS;
    }
}

/* ---- one request ---- */

/* An error takes back what was changed, unless it is itself a fact to keep, as a
 * declined card is. */
static void execute(struct call *c, const struct route *route, const char *digest)
{
    struct store *store = c->box->store;
    store_begin(store);
    enum result r = routes_refuse_left_out(c, route);
    if (r == OK)
        r = route->fn(c);
    CHECK(c->reply != NULL && c->status != 0);
    if (r != OK && !c->keep)
        store_undo(store);
    if (digest != NULL)
        key_save(c, digest, false);
    store_commit(store);
}

static void run(struct call *c, const struct route *route)
{
    const char *digest = NULL;
    struct store *store = c->box->store;
    if (text_is(c->method, "POST") && !text_empty(c->idempotency_key)) {
        store_keys_prune(store, sandbox_now(c->box) - KEY_LIFE_S);
        digest = request_digest(c);
        bool answered = false;
        if (!c->begun && (recall(c, digest, &answered) != OK || answered))
            return;
    }
    if (check_params(c, route) != OK)
        return;
    int64_t ms = 0;
    enum fault_kind fault = c->begun ? FAULT_NONE : faults_take(c->box->faults, c, &ms);
    if (fault == FAULT_DROP_BEFORE) {
        c->end = CALL_CLOSE;
        return;
    }
    if (fault == FAULT_SLOW) {
        if (digest != NULL)
            key_save(c, digest, true);
        c->end = CALL_WAIT;
        c->wait_ms = ms;
        return;
    }
    if (refuse_by_fault(c, fault) != OK) {
        if (fault == FAULT_500_CACHED && digest != NULL)
            key_save(c, digest, false);
        return;
    }
    execute(c, route, digest);
    end_by_fault(c, fault, ms);
}

static enum result check_idempotency_key(struct call *c)
{
    if (c->idempotency_key == NULL || strlen(c->idempotency_key) <= KEY_MAX)
        return OK;
    return call_invalid(c, NULL, NULL, "Idempotency keys have at most 255 characters.");
}

static enum result open_door(struct call *c, const struct route **route)
{
    TRY(check_key(c));
    TRY(check_account(c));
    TRY(check_version(c));
    TRY(check_idempotency_key(c));
    *route = routes_find(c->a, c->method, c->path, c->ids);
    if (*route == NULL)
        return call_error(c, 404, "invalid_request_error", NULL, NULL,
            "Unrecognized request URL (%s: %s). The sandbox does not know it.",
            c->method, c->path);
    return OK;
}

void api_handle(struct call *c)
{
    const struct route *route = NULL;
    if (open_door(c, &route) == OK)
        run(c, route);
}
