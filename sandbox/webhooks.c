#include "webhooks.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "util/guard.h"
#include "util/text.h"

enum {
    SENDING_MAX = 64,
    TIMEOUT_MS = 10000,
    IDLE_MS = 1000,
    ANSWER_MAX = 64 * 1024,
    MEMORY_MAX = 16 << 20,
    OLD_TS_S = 3600,
    SECRETS_MAX = 2,
};

/* The pauses between tries, by the simulated clock; then the delivery has failed. */
static const int64_t pauses_ms[] = { 5000, 30000, 300000, 1800000, 7200000, 18000000,
    36000000, 43200000, 43200000 };
static const int64_t fast_pauses_ms[] = { 100, 200, 400, 800, 800, 800, 800, 800, 800 };

/* One delivery on the wire. */
struct sending {
    bool busy;
    struct delivery d;
    char event[64], endpoint[64];
    char *body;
    size_t answered;
    CURL *curl;
    struct curl_slist *headers;
};

struct webhooks {
    struct sandbox *box;
    struct arena *a;
    CURLM *multi;
    struct sending sending[SENDING_MAX];
    struct webhook_orders orders;
};

struct webhooks *webhooks_new(struct sandbox *box)
{
    struct webhooks *w = calloc(1, sizeof *w);
    CHECK(w != NULL);
    w->box = box;
    w->a = arena_new(MEMORY_MAX);
    w->multi = curl_multi_init();
    CHECK(w->multi != NULL);
    return w;
}

static void stop(struct webhooks *w, struct sending *s)
{
    CHECK(curl_multi_remove_handle(w->multi, s->curl) == CURLM_OK);
    curl_easy_cleanup(s->curl);
    curl_slist_free_all(s->headers);
    free(s->body);
    *s = (struct sending) { 0 };
}

void webhooks_free(struct webhooks *w)
{
    for (size_t i = 0; i < SENDING_MAX; i++)
        if (w->sending[i].busy)
            stop(w, &w->sending[i]);
    curl_multi_cleanup(w->multi);
    arena_free(w->a);
    free(w);
}

struct webhook_orders *webhooks_orders(struct webhooks *w)
{
    return &w->orders;
}

bool webhooks_strike(struct webhook_orders *o, int64_t *count, const char *type)
{
    if (*count <= 0 || !text_starts(type, o->type))
        return false;
    (*count)--;
    return true;
}

CURLM *webhooks_handle(struct webhooks *w)
{
    return w->multi;
}

/* ---- which endpoints ---- */

struct queueing {
    const char *event, *type, *account;
    int64_t count;
};

static bool wants(const struct object *endpoint, const struct queueing *q)
{
    bool connect = value_get_bool(endpoint->inner, "connect", false);
    if (connect == text_empty(q->account) ||
        !text_is(value_get_text(endpoint->body, "status"), "enabled"))
        return false;
    value_each(e, value_member(endpoint->body, "enabled_events"))
    {
        if (text_is(e->text, "*") || text_is(e->text, q->type))
            return true;
    }
    return false;
}

static bool queue_one(struct call *c, struct object *endpoint, void *arg)
{
    struct queueing *q = arg;
    struct webhook_orders *orders = webhooks_orders(c->box->webhooks);
    if (!wants(endpoint, q))
        return true;
    q->count++;
    if (webhooks_strike(orders, &orders->drop, q->type))
        return true;
    const struct delivery d = {
        .event = q->event,
        .endpoint = endpoint->id,
        .state = "waiting",
        .due_at_ms = sandbox_now_ms(c->box) +
                     (text_starts(q->type, orders->type) ? orders->delay_ms : 0),
    };
    store_delivery_add(c->box->store, &d);
    if (webhooks_strike(orders, &orders->duplicate, q->type))
        store_delivery_add(c->box->store, &d);
    return true;
}

int64_t webhooks_queue(
    struct call *c, const char *event, const char *type, const char *account)
{
    struct queueing q = { event, type, account, 0 };
    objects_each(
        call_internal(c->a, c->box), "webhook_endpoint", NULL, NULL, queue_one, &q);
    return q.count;
}

/* ---- signing ---- */

char *webhooks_sign(struct arena *a, int64_t at, const char *const *secrets,
    size_t count, const char *body)
{
    const char *signed_text = arena_printf(a, "%lld.%s", (long long)at, body);
    char *header = arena_printf(a, "t=%lld", (long long)at);
    for (size_t i = 0; i < count; i++) {
        unsigned char mac[EVP_MAX_MD_SIZE];
        unsigned n = 0;
        CHECK(HMAC(EVP_sha256(), secrets[i], (int)strlen(secrets[i]),
                  (const unsigned char *)signed_text, strlen(signed_text), mac,
                  &n) != NULL);
        header = arena_printf(a, "%s,v1=%s", header, text_hex(a, mac, n));
    }
    return header;
}

/* The header for one try: the endpoint's live secrets, spoilt if ordered so. */
static char *signature(
    struct webhooks *w, const struct object *endpoint, const char *body)
{
    const char *secrets[SECRETS_MAX] = { value_get_text(endpoint->inner, "secret") };
    size_t count = 1;
    int64_t now = sandbox_now(w->box);
    if (value_get_int(endpoint->inner, "old_until", 0) > now)
        secrets[count++] = value_get_text(endpoint->inner, "old_secret");
    if (w->orders.bad_sig > 0) {
        w->orders.bad_sig--;
        secrets[0] = "whsec_wrong";
        count = 1;
    }
    if (w->orders.old_ts > 0) {
        w->orders.old_ts--;
        now -= OLD_TS_S;
    }
    return webhooks_sign(w->a, now, secrets, count, body);
}

/* ---- sending ---- */

static size_t swallow(char *bytes, size_t size, size_t n, void *arg)
{
    struct sending *s = arg;
    (void)bytes;
    s->answered += size * n;
    return s->answered > ANSWER_MAX ? 0 : size * n;
}

static void set_headers(struct sending *s, const char *sign)
{
    char line[1024];
    snprintf(line, sizeof line, "Stripe-Signature: %s", sign);
    s->headers =
        curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    s->headers = curl_slist_append(s->headers, "Expect:");
    s->headers = curl_slist_append(s->headers, line);
    CHECK(s->headers != NULL);
}

static void start(struct webhooks *w, struct sending *s, const struct delivery *d,
    const struct object *event, const struct object *endpoint)
{
    struct buf body;
    buf_init(&body, 4 << 20);
    value_print(&body, event->body, 2);
    CHECK(buf_ok(&body));
    s->body = body.at;
    s->d = *d;
    snprintf(s->event, sizeof s->event, "%s", d->event);
    snprintf(s->endpoint, sizeof s->endpoint, "%s", d->endpoint);
    s->d.event = s->event;
    s->d.endpoint = s->endpoint;
    s->busy = true;
    set_headers(s, signature(w, endpoint, s->body));
    s->curl = curl_easy_init();
    CHECK(s->curl != NULL);
    curl_easy_setopt(s->curl, CURLOPT_URL, value_get_text(endpoint->body, "url"));
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, s->body);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(s->curl, CURLOPT_USERAGENT, "Stripe/1.0 (prep-stripe sandbox)");
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
    CHECK(curl_multi_add_handle(w->multi, s->curl) == CURLM_OK);
}

static bool on_its_way(const struct webhooks *w, int64_t seq)
{
    for (size_t i = 0; i < SENDING_MAX; i++)
        if (w->sending[i].busy && w->sending[i].d.seq == seq)
            return true;
    return false;
}

static struct sending *free_place(struct webhooks *w)
{
    for (size_t i = 0; i < SENDING_MAX; i++)
        if (!w->sending[i].busy)
            return &w->sending[i];
    return NULL;
}

static void start_due(struct webhooks *w)
{
    struct delivery due[SENDING_MAX];
    size_t n = store_deliveries_due(w->box->store, w->a, sandbox_now_ms(w->box),
        w->orders.reorder, w->orders.reorder ? 1 : COUNT_OF(due), due);
    struct call *c = call_internal(w->a, w->box);
    for (size_t i = 0; i < n; i++) {
        struct sending *place = free_place(w);
        if (place == NULL || on_its_way(w, due[i].seq))
            continue;
        struct object *endpoint = objects_find(c, "webhook_endpoint", due[i].endpoint);
        struct object *event = objects_find_anywhere(c, "event", due[i].event);
        if (endpoint == NULL || event == NULL) {
            due[i].state = "failed";
            store_delivery_update(w->box->store, &due[i]);
            continue;
        }
        start(w, place, &due[i], event, endpoint);
    }
}

/* ---- what came of it ---- */

static void note_receipt(struct webhooks *w, const char *event_id)
{
    struct call *c = call_internal(w->a, w->box);
    struct object *event = objects_find_anywhere(c, "event", event_id);
    if (event == NULL)
        return;
    value_put_int(c->a, event->body, "pending_webhooks",
        store_deliveries_waiting(w->box->store, event_id));
    objects_save(c, event);
}

static void finish(struct webhooks *w, struct sending *s, bool answered)
{
    long status = 0;
    if (answered)
        curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    struct delivery d = s->d;
    const int64_t *pauses = w->box->fast ? fast_pauses_ms : pauses_ms;
    d.status = status;
    if (status >= 200 && status < 300) {
        d.state = "delivered";
    } else if ((size_t)d.tries < COUNT_OF(pauses_ms)) {
        d.state = "waiting";
        d.due_at_ms = sandbox_now_ms(w->box) + pauses[d.tries];
    } else {
        d.state = "failed";
    }
    d.tries++;
    store_begin(w->box->store);
    store_delivery_update(w->box->store, &d);
    note_receipt(w, d.event);
    store_commit(w->box->store);
    stop(w, s);
}

static void finish_ended(struct webhooks *w)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(w->multi, &left)) != NULL;) {
        if (m->msg != CURLMSG_DONE)
            continue;
        char *s = NULL;
        bool answered = m->data.result == CURLE_OK;
        CHECK(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &s) == CURLE_OK);
        finish(w, (struct sending *)(void *)s, answered);
    }
}

int64_t webhooks_pump(struct webhooks *w)
{
    int running;
    arena_reset(w->a);
    CHECK(curl_multi_perform(w->multi, &running) == CURLM_OK);
    finish_ended(w);
    if (w->orders.pause)
        return IDLE_MS;
    /* An order can be promised only to one after the other. */
    if (w->orders.reorder && running > 0)
        return IDLE_MS;
    start_due(w);
    CHECK(curl_multi_perform(w->multi, &running) == CURLM_OK);
    int64_t next = store_deliveries_next(w->box->store);
    int64_t now = sandbox_now_ms(w->box);
    if (next > now + IDLE_MS)
        return IDLE_MS;
    /* What is due and not started waits for a free place: curl will wake us. */
    return next > now                              ? next - now
           : free_place(w) != NULL && running == 0 ? 0
                                                   : IDLE_MS;
}
