#include "sim.h"

#include <stdio.h>
#include <string.h>

#include "acts.h"
#include "balance.h"
#include "clockwork.h"
#include "faults.h"
#include "form.h"
#include "objects.h"
#include "util/guard.h"
#include "util/text.h"
#include "webhook_endpoints.h"
#include "webhooks.h"

enum { DELIVERIES_SHOWN = 100, CLOCK_MAX_S = 20LL * 366 * 24 * 3600 };
enum { DUMP_MAX = 512 << 20 };

static int64_t number(const struct call *c, const char *name, int64_t otherwise)
{
    int64_t n = otherwise;
    const char *text = call_text(c, name);
    return text != NULL && text_int(text, INT64_MIN, INT64_MAX, &n) ? n : otherwise;
}

static enum result answer(struct call *c, struct value *v)
{
    c->status = 200;
    c->reply = v;
    return OK;
}

/* ---- clock ---- */

static enum result show_clock(struct call *c)
{
    struct value *v = value_object(c->a);
    value_put_int(c->a, v, "now", sandbox_now(c->box));
    value_put_int(c->a, v, "ahead_s", c->box->ahead_s);
    return answer(c, v);
}

static enum result advance_clock(struct call *c)
{
    int64_t now = sandbox_now(c->box);
    int64_t by_s = value_has(c->params, "to") ? number(c, "to", now) - now
                                              : number(c, "advance", 0);
    if (by_s < 0 || by_s > CLOCK_MAX_S || c->box->ahead_s + by_s > CLOCK_MAX_S)
        return call_invalid(
            c, NULL, "advance", "The clock goes forward, by twenty years at most.");
    c->box->ahead_s += by_s;
    store_set(c->box->store, "ahead_s",
        arena_printf(c->a, "%lld", (long long)c->box->ahead_s));
    clockwork_tick(c);
    return show_clock(c);
}

/* ---- faults ---- */

static enum result show_faults(struct call *c)
{
    struct value *v = value_object(c->a);
    value_set(c->a, v, "faults", faults_dump(c->box->faults, c->a));
    return answer(c, v);
}

static enum result add_fault(struct call *c)
{
    const char *match = call_text(c, "match"), *kind = call_text(c, "kind");
    if (faults_add(c->box->faults, match == NULL ? "" : match, number(c, "times", 1),
            kind, number(c, "ms", 0)) != OK)
        return call_invalid(
            c, NULL, "kind", "No such kind of fault, or too many of them.");
    return show_faults(c);
}

static enum result clear_faults(struct call *c)
{
    faults_clear(c->box->faults);
    return show_faults(c);
}

/* ---- webhooks ---- */

static enum result show_webhooks(struct call *c)
{
    const struct webhook_orders *o = webhooks_orders(c->box->webhooks);
    struct value *v = value_object(c->a), *list = value_array(c->a);
    value_put_bool(c->a, v, "pause", o->pause);
    value_put_bool(c->a, v, "reorder", o->reorder);
    value_put_bool(c->a, v, "fast", c->box->fast);
    value_put_int(c->a, v, "duplicate", o->duplicate);
    value_put_int(c->a, v, "second_event_object", o->second_event_object);
    value_put_int(c->a, v, "drop", o->drop);
    value_put_int(c->a, v, "bad_sig", o->bad_sig);
    value_put_int(c->a, v, "old_ts", o->old_ts);
    value_put_int(c->a, v, "delay_ms", o->delay_ms);
    value_put_text(c->a, v, "type", o->type);
    struct delivery *d = arena_array(c->a, DELIVERIES_SHOWN, sizeof *d);
    size_t n = store_deliveries_latest(c->box->store, c->a, DELIVERIES_SHOWN, d);
    for (size_t i = 0; i < n; i++) {
        struct value *e = value_object(c->a);
        value_put_text(c->a, e, "event", d[i].event);
        value_put_text(c->a, e, "endpoint", d[i].endpoint);
        value_put_text(c->a, e, "state", d[i].state);
        value_put_int(c->a, e, "tries", d[i].tries);
        value_put_int(c->a, e, "status", d[i].status);
        value_put_int(c->a, e, "due_in_ms", d[i].due_at_ms - sandbox_now_ms(c->box));
        value_append(list, e);
    }
    value_set(c->a, v, "deliveries", list);
    return answer(c, v);
}

static void take_flag(const struct call *c, const char *name, bool *flag)
{
    const char *text = call_text(c, name);
    if (text != NULL)
        *flag = text_is(text, "true") || text_is(text, "1");
}

/* The type belongs to the orders that came with it. */
static enum result take_type(struct call *c, struct webhook_orders *o)
{
    static const char *const typed[] = { "type", "duplicate", "second_event_object",
        "drop", "delay_ms" };
    const char *type = call_text(c, "type");
    bool given = false;
    for (size_t i = 0; i < COUNT_OF(typed); i++)
        given = given || value_has(c->params, typed[i]);
    if (type != NULL && strlen(type) >= sizeof o->type)
        return call_invalid(c, NULL, "type", "No event has so long a type.");
    if (given)
        snprintf(o->type, sizeof o->type, "%s", type == NULL ? "" : type);
    return OK;
}

static enum result order_webhooks(struct call *c)
{
    struct webhook_orders *o = webhooks_orders(c->box->webhooks);
    TRY(take_type(c, o));
    take_flag(c, "pause", &o->pause);
    take_flag(c, "reorder", &o->reorder);
    take_flag(c, "fast", &c->box->fast);
    o->duplicate = number(c, "duplicate", o->duplicate);
    o->second_event_object = number(c, "second_event_object", o->second_event_object);
    o->drop = number(c, "drop", o->drop);
    o->bad_sig = number(c, "bad_sig", o->bad_sig);
    o->old_ts = number(c, "old_ts", o->old_ts);
    o->delay_ms = number(c, "delay_ms", o->delay_ms);
    return show_webhooks(c);
}

static enum result flush_webhooks(struct call *c)
{
    store_deliveries_hurry(c->box->store, sandbox_now_ms(c->box));
    return show_webhooks(c);
}

static enum result rotate_secret(struct call *c)
{
    const char *secret = webhook_endpoints_rotate(
        c, call_text(c, "endpoint"), number(c, "overlap_s", 86400));
    if (secret == NULL)
        return call_error(c, 404, "invalid_request_error", "resource_missing",
            "endpoint", "No such webhook endpoint.");
    struct value *v = value_object(c->a);
    value_put_text(c->a, v, "secret", secret);
    return answer(c, v);
}

/* ---- balance and dump ---- */

static enum result show_balance(struct call *c)
{
    const char *currency = call_text(c, "currency");
    return answer(c, balance_overview(c, currency == NULL ? "usd" : currency));
}

struct dump {
    struct buf text;
    bool first;
};

static bool dump_one(struct call *c, struct object *o, void *arg)
{
    struct dump *d = arg;
    (void)c;
    buf_adds(&d->text, d->first ? "" : ",\n");
    value_print(&d->text, o->body, 0);
    d->first = false;
    return true;
}

/* As text, for there may be very many. */
static enum result dump(struct call *c)
{
    const char *kinds[STORE_TYPES_MAX], *only = call_text(c, "kind");
    size_t n = store_kinds(c->box->store, c->a, kinds);
    struct dump d;
    buf_init(&d.text, DUMP_MAX);
    c->account = STORE_ALL_ACCOUNTS;
    for (size_t i = 0, shown = 0; i < n; i++) {
        if (only != NULL && !text_is(only, kinds[i]))
            continue;
        buf_printf(&d.text, "%s\n\"%s\": [", shown++ == 0 ? "{" : ",", kinds[i]);
        d.first = true;
        objects_each(c, kinds[i], NULL, NULL, dump_one, &d);
        buf_addc(&d.text, ']');
    }
    buf_adds(&d.text, d.text.n == 0 ? "{}" : "}");
    CHECK(buf_ok(&d.text));
    c->status = 200;
    c->page = arena_strndup(c->a, d.text.at, d.text.n);
    c->page_type = "application/json";
    buf_free(&d.text);
    return OK;
}

/* ---- the list ---- */

static const struct {
    const char *method, *path;
    enum result (*fn)(struct call *c);
} controls[] = {
    { "GET", "/_sim/clock", show_clock },
    { "POST", "/_sim/clock", advance_clock },
    { "GET", "/_sim/faults", show_faults },
    { "POST", "/_sim/faults", add_fault },
    { "POST", "/_sim/faults/clear", clear_faults },
    { "GET", "/_sim/webhooks", show_webhooks },
    { "POST", "/_sim/webhooks", order_webhooks },
    { "POST", "/_sim/webhooks/flush", flush_webhooks },
    { "POST", "/_sim/webhooks/rotate", rotate_secret },
    { "POST", "/_sim/act/account", acts_set_account },
    { "POST", "/_sim/act/capability", acts_set_capability },
    { "POST", "/_sim/act/deauthorize", acts_deauthorize },
    { "POST", "/_sim/act/drain_account", acts_drain_account },
    { "POST", "/_sim/act/payout_fail", acts_fail_payout },
    { "POST", "/_sim/act/reversals", acts_set_reversals },
    { "POST", "/_sim/act/dispute", acts_dispute },
    { "POST", "/_sim/act/pay", acts_pay },
    { "POST", "/_sim/act/warning", acts_warn },
    { "POST", "/_sim/act/review", acts_review },
    { "POST", "/_sim/act/refunds", acts_set_refunds },
    { "POST", "/_sim/act/refund", acts_refund },
    { "POST", "/_sim/act/refund_fail", acts_fail_refund },
    { "GET", "/_sim/balance", show_balance },
    { "GET", "/_sim/dump", dump },
};

static enum result run(struct call *c)
{
    const char *form = text_is(c->method, "POST") ? c->body : c->query;
    c->params = form_read(c->a, form == NULL ? "" : form);
    if (c->params == NULL)
        return call_invalid(c, NULL, NULL, "The form is broken.");
    for (size_t i = 0; i < COUNT_OF(controls); i++)
        if (text_is(controls[i].method, c->method) &&
            text_is(controls[i].path, c->path))
            return controls[i].fn(c);
    return call_error(
        c, 404, "invalid_request_error", NULL, NULL, "No such control: %s", c->path);
}

void sim_handle(struct call *c)
{
    c->request_id = NULL; /* no request of the API is behind what happens here */
    store_begin(c->box->store);
    if (run(c) != OK && !c->keep)
        store_undo(c->box->store);
    store_commit(c->box->store);
}
