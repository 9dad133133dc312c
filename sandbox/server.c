#include "server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "api.h"
#include "browser.h"
#include "clockwork.h"
#include "record.h"
#include "sim.h"
#include "util/guard.h"
#include "util/text.h"
#include "webhooks.h"

enum {
    BODY_MAX = 1 << 20,
    MEMORY_MAX = 2047 << 20,
    ANSWER_MAX = 64 << 20,
    TICK_MS = 1000
};

/* One request on its way through. */
struct exchange {
    struct arena *a;
    char *uri;
    struct buf body;
    bool begun;
    struct call *c; /* once the request is whole */
    struct MHD_Connection *connection;
    int64_t resume_at_ms; /* by the real clock; 0: not suspended */
    struct exchange *next;
};

struct server {
    struct sandbox *box;
    struct MHD_Daemon *daemon;
    struct exchange *open;
    struct arena *a; /* for what happens by the clock */
    int64_t ticked_at_ms;
};

static int64_t real_ms(const struct sandbox *box)
{
    return sandbox_now_ms(box) - box->ahead_s * 1000;
}

/* ---- the life of an exchange ---- */

static void *begin(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = arg;
    struct exchange *x = calloc(1, sizeof *x);
    CHECK(x != NULL);
    x->a = arena_new(MEMORY_MAX);
    x->uri = arena_strdup(x->a, uri);
    x->connection = connection;
    buf_init(&x->body, BODY_MAX);
    x->next = s->open;
    s->open = x;
    return x;
}

static void end(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
    struct server *s = arg;
    struct exchange *x = *state;
    (void)connection;
    (void)why;
    if (x == NULL)
        return;
    struct exchange **at = &s->open;
    while (*at != x)
        at = &(*at)->next;
    *at = x->next;
    buf_free(&x->body);
    arena_free(x->a);
    free(x);
    *state = NULL;
}

static const char *header(const struct exchange *x, const char *name)
{
    return arena_strdup(
        x->a, MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name));
}

static struct call *make_call(struct server *s, struct exchange *x, const char *method)
{
    struct call *c = call_internal(x->a, s->box);
    size_t n = strcspn(x->uri, "?");
    c->method = arena_strdup(x->a, method);
    c->path = arena_strndup(x->a, x->uri, n);
    c->query = x->uri[n] == '?' ? x->uri + n + 1 : NULL;
    c->body = x->body.at;
    c->authorization = header(x, "Authorization");
    c->account_header = header(x, "Stripe-Account");
    c->idempotency_key = header(x, "Idempotency-Key");
    c->version = header(x, "Stripe-Version");
    c->host = header(x, "Host");
    c->request_id = call_new_id(x->a, "req_");
    return c;
}

/* ---- answers ---- */

struct half {
    const char *bytes;
    size_t n;
};

static ssize_t read_half(void *arg, uint64_t at, char *out, size_t max)
{
    const struct half *half = arg;
    if (at >= half->n)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = half->n - at < max ? half->n - at : max;
    memcpy(out, half->bytes + at, n);
    return (ssize_t)n;
}

static struct MHD_Response *make_response(
    const struct call *c, const char *bytes, size_t n)
{
    if (c->end != CALL_HALF)
        return MHD_create_response_from_buffer(
            n, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
    struct half *half = arena_alloc(c->a, sizeof *half);
    *half = (struct half) { bytes, n / 2 };
    return MHD_create_response_from_callback(n, 4096, read_half, half, NULL);
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    CHECK(value == NULL || MHD_add_response_header(r, name, value) == MHD_YES);
}

static void add_headers(struct MHD_Response *r, const struct call *c)
{
    add(r, "Content-Type", c->page != NULL ? c->page_type : "application/json");
    add(r, "Location", c->location);
    add(r, "Cache-Control", "no-cache, no-store");
    add(r, "X-Content-Type-Options", "nosniff");
    if (c->reply != NULL) {
        add(r, "Request-Id", c->request_id);
        add(r, "Stripe-Version", STRIPE_VERSION);
        add(r, "Idempotency-Key", c->idempotency_key);
        add(r, "Stripe-Should-Retry", c->should_retry);
        add(r, "Idempotent-Replayed", c->replayed ? "true" : NULL);
    }
    if (c->page != NULL && text_starts(c->page_type, "text/html")) {
        add(r, "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
            "'self'; "
            "img-src 'self'; base-uri 'none'");
        add(r, "Referrer-Policy", "no-referrer");
    }
}

static enum MHD_Result answer(struct exchange *x)
{
    const struct call *c = x->c;
    const char *bytes = c->page != NULL ? c->page : "";
    if (c->reply != NULL) {
        struct buf json;
        buf_init(&json, ANSWER_MAX);
        value_print(&json, c->reply, 2);
        CHECK(buf_ok(&json));
        bytes = arena_strndup(c->a, json.at, json.n);
        buf_free(&json);
    }
    struct MHD_Response *r = make_response(c, bytes, strlen(bytes));
    CHECK(r != NULL);
    add_headers(r, c);
    enum MHD_Result sent = MHD_queue_response(x->connection, (unsigned)c->status, r);
    MHD_destroy_response(r);
    return sent;
}

/* ---- one request ---- */

/* Only by its own name: else a page elsewhere could point a name of its own at the
 * loopback and read along. */
static bool host_is_ours(const struct call *c)
{
    const char *port = strrchr(c->box->base, ':');
    return text_is(c->host, arena_printf(c->a, "127.0.0.1%s", port)) ||
           text_is(c->host, arena_printf(c->a, "localhost%s", port));
}

static enum result check(const struct exchange *x)
{
    struct call *c = x->c;
    if (!host_is_ours(c))
        return call_error(c, 421, "invalid_request_error", NULL, NULL,
            "The sandbox answers as %s only.", c->box->base);
    if (!buf_ok(&x->body) || memchr(x->body.at, '\0', x->body.n) != NULL)
        return call_invalid(c, NULL, NULL, "The request is too large or holds NUL.");
    return OK;
}

static void handle(struct call *c)
{
    if (text_starts(c->path, "/v1/"))
        api_handle(c);
    else if (text_starts(c->path, "/_sim/"))
        sim_handle(c);
    else
        browser_handle(c);
}

static enum MHD_Result suspend(struct server *s, struct exchange *x)
{
    x->resume_at_ms = real_ms(s->box) + x->c->wait_ms;
    MHD_suspend_connection(x->connection);
    return MHD_YES;
}

/* Called again after each piece of the body, and after a wait. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version, const char *upload,
    size_t *upload_n, void **state)
{
    struct server *s = arg;
    struct exchange *x = *state;
    (void)url;
    (void)version;
    (void)connection;
    if (!x->begun) {
        x->begun = true; /* the header is read, the body comes with later calls */
        return MHD_YES;
    }
    if (x->c == NULL && *upload_n > 0) {
        buf_add(&x->body, upload, *upload_n);
        *upload_n = 0;
        return MHD_YES;
    }
    if (x->c == NULL)
        x->c = make_call(s, x, method);
    else if (x->c->end == CALL_HANG)
        return MHD_NO;
    else
        x->c->begun = true;
    x->c->end = CALL_ANSWER;
    if (check(x) == OK)
        handle(x->c);
    bool ended = x->c->end != CALL_WAIT;
    if (s->box->record != NULL && ended && text_starts(x->c->path, "/v1/"))
        record_add(s->box->record, x->c);
    switch (x->c->end) {
    case CALL_CLOSE:
        return MHD_NO;
    case CALL_HANG:
    case CALL_WAIT:
        return suspend(s, x);
    default:
        return answer(x);
    }
}

/* ---- the loop ---- */

struct server *server_open(struct sandbox *box, uint16_t port)
{
    struct server *s = calloc(1, sizeof *s);
    CHECK(s != NULL);
    s->box = box;
    s->a = arena_new(MEMORY_MAX);
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, port, NULL,
        NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK,
        begin, s, MHD_OPTION_NOTIFY_COMPLETED, end, s, MHD_OPTION_CONNECTION_TIMEOUT,
        60U, MHD_OPTION_END);
    if (s->daemon == NULL) {
        fprintf(stderr, "prep-stripe: cannot listen on 127.0.0.1:%u\n", port);
        arena_free(s->a);
        free(s);
        return NULL;
    }
    return s;
}

uint16_t server_port(const struct server *s)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    CHECK(info != NULL);
    return info->port;
}

/* Wakes what has waited long enough; returns the milliseconds until the next. */
static int64_t wake(struct server *s)
{
    int64_t now = real_ms(s->box), next = INT64_MAX;
    for (struct exchange *x = s->open; x != NULL; x = x->next) {
        if (x->resume_at_ms == 0)
            continue;
        if (x->resume_at_ms <= now) {
            x->resume_at_ms = 0;
            MHD_resume_connection(x->connection);
            next = 0;
        } else if (x->resume_at_ms - now < next) {
            next = x->resume_at_ms - now;
        }
    }
    return next;
}

/* Once a second: what the clock alone brings about. */
static void tick(struct server *s)
{
    int64_t now = real_ms(s->box);
    if (now - s->ticked_at_ms < TICK_MS)
        return;
    s->ticked_at_ms = now;
    arena_reset(s->a);
    store_begin(s->box->store);
    clockwork_tick(call_internal(s->a, s->box));
    store_commit(s->box->store);
}

void server_run(struct server *s, const volatile int *stop)
{
    CURLM *curl = webhooks_handle(s->box->webhooks);
    struct curl_waitfd listen = {
        .fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
        .events = CURL_WAIT_POLLIN,
    };
    while (!*stop) {
        int64_t wait_ms = webhooks_pump(s->box->webhooks), woken_ms = wake(s);
        if (woken_ms < wait_ms)
            wait_ms = woken_ms;
        MHD_UNSIGNED_LONG_LONG timeout;
        if (MHD_get_timeout(s->daemon, &timeout) == MHD_YES &&
            (int64_t)timeout < wait_ms)
            wait_ms = (int64_t)timeout;
        CHECK(curl_multi_poll(curl, &listen, 1, (int)wait_ms, NULL) == CURLM_OK);
        CHECK(MHD_run(s->daemon) == MHD_YES);
        tick(s);
    }
}

void server_close(struct server *s)
{
    for (struct exchange *x = s->open; x != NULL; x = x->next)
        if (x->resume_at_ms != 0)
            MHD_resume_connection(x->connection);
    MHD_stop_daemon(s->daemon);
    arena_free(s->a);
    free(s);
}
