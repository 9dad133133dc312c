#include "events.h"

#include "util/text.h"
#include "webhooks.h"

enum { LISTED_S = 30 * 24 * 3600 };

static void emit_once(struct call *c, const char *type, const struct object *o,
    const struct value *previous, const char *account)
{
    struct object *event = objects_new_for(c, account, "event", "evt_");
    struct value *b = event->body;
    value_put_text(c->a, b, "api_version", STRIPE_VERSION);
    value_put_text(c->a, b, "type", type);
    value_put_bool(c->a, b, "livemode", false);
    value_put(c->a, b, "data.object", value_clone(c->a, o->body));
    if (previous != NULL && previous->count > 0)
        value_put(c->a, b, "data.previous_attributes", value_clone(c->a, previous));
    if (!text_empty(account))
        value_put_text(c->a, b, "account", account);
    value_put_text(c->a, b, "request.id", c->request_id);
    value_put_text(c->a, b, "request.idempotency_key",
        text_empty(c->idempotency_key) ? NULL : c->idempotency_key);
    int64_t receivers = webhooks_queue(c, event->id, type, account);
    value_put_int(c->a, b, "pending_webhooks", receivers);
    objects_save(c, event);
}

void events_emit(struct call *c, const char *type, const struct object *o,
    const struct value *previous, const char *account)
{
    struct webhook_orders *orders = webhooks_orders(c->box->webhooks);
    emit_once(c, type, o, previous, account);
    if (webhooks_strike(orders, &orders->second_event_object, type))
        emit_once(c, type, o, previous, account);
}

enum result events_retrieve(struct call *c)
{
    struct object *event;
    TRY(objects_require(c, "event", c->ids[0], "id", &event));
    return objects_answer(c, event);
}

/* Stripe lists 30 days of events; older ones are found by id only. */
static void look_back(struct call *c)
{
    const struct value *created = value_member(c->params, "created");
    int64_t first = sandbox_now(c->box) - LISTED_S;
    if (created != NULL && created->kind == VALUE_INT)
        return;
    if (value_get_int(created, "gte", INT64_MIN) < first)
        value_put_int(c->a, c->params, "created.gte", first);
}

enum result events_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "type", "type" },
        { NULL, NULL } };
    if (value_has(c->params, "type") && value_has(c->params, "types"))
        return call_invalid(c, "parameters_exclusive", "types",
            "You may pass type or types, not both.");
    look_back(c);
    return objects_list(c, "event", filters);
}
