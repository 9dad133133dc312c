#include "balance_transactions.h"

enum { PENDING_S = 2 * 24 * 3600 };

const char *balance_transactions_add(struct call *c, const struct movement *m)
{
    struct object *o = objects_new(c, "balance_transaction", "txn_");
    int64_t wait_s = m->available_at_once ? 0 : PENDING_S;
    value_put_text(c->a, o->body, "type", m->type);
    value_put_text(c->a, o->body, "reporting_category", m->type);
    value_put_text(c->a, o->body, "currency", m->currency);
    value_put_text(c->a, o->body, "source", m->source);
    value_put_text(
        c->a, o->body, "status", m->available_at_once ? "available" : "pending");
    value_put_int(c->a, o->body, "available_on", o->created_at + wait_s);
    value_put_int(c->a, o->body, "amount", m->amount_cents);
    value_put_int(c->a, o->body, "fee", m->fee_cents);
    value_put_int(c->a, o->body, "net", m->amount_cents - m->fee_cents);
    if (m->fee_cents > 0) {
        struct value *fee = value_object(c->a);
        value_put_int(c->a, fee, "amount", m->fee_cents);
        value_put(c->a, fee, "application", value_null(c->a));
        value_put_text(c->a, fee, "currency", m->currency);
        value_put_text(c->a, fee, "description", "Stripe processing fees");
        value_put_text(c->a, fee, "type", "stripe_fee");
        value_append(value_member(o->body, "fee_details"), fee);
    }
    objects_save(c, o);
    return o->id;
}

/* What was pending becomes available by the clock alone, so nobody writes it. */
static void ripen(struct call *c, struct value *body)
{
    if (value_get_int(body, "available_on", 0) <= sandbox_now(c->box))
        value_put_text(c->a, body, "status", "available");
}

enum result balance_transactions_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "balance_transaction", c->ids[0], "id", &o));
    ripen(c, o->body);
    return objects_answer(c, o);
}

enum result balance_transactions_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "type", "$.type" },
        { "source", "$.source" }, { "currency", "$.currency" }, { NULL, NULL } };
    TRY(objects_list(c, "balance_transaction", filters));
    value_each(e, value_member(c->reply, "data")) ripen(c, e);
    return OK;
}
