#include "balance_transactions.h"

#include "balance.h"
#include "ledger.h"

static void add_fee(struct call *c, struct value *body, const struct movement *m)
{
    struct value *fee = value_object(c->a);
    value_put_int(c->a, fee, "amount", m->fee_cents);
    value_put(c->a, fee, "application", value_null(c->a));
    value_put_text(c->a, fee, "currency", m->currency);
    value_put_text(c->a, fee, "description", m->fee_words);
    value_put_text(c->a, fee, "type", "stripe_fee");
    value_append(value_member(body, "fee_details"), fee);
}

/* The account gets the amount less the fee, Stripe the fee, the other loses both. */
static void enter(struct call *c, const struct object *o, const struct movement *m,
    int64_t available_on)
{
    const struct ledger_entry entries[] = {
        { o->id, balance_party(m->account), m->currency, m->amount_cents - m->fee_cents,
            available_on },
        { o->id, LEDGER_FEES, m->currency, m->fee_cents, o->created_at },
        { o->id, m->with, m->currency, -m->amount_cents, o->created_at },
    };
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        ledger_add(c->box->store, &entries[i]);
}

struct object *balance_transactions_add(struct call *c, const struct movement *m)
{
    struct object *o = objects_new_for(c, m->account, "balance_transaction", "txn_");
    int64_t on = m->available_on > o->created_at ? m->available_on : o->created_at;
    value_put_text(c->a, o->body, "type", m->type);
    value_put_text(c->a, o->body, "reporting_category",
        m->category != NULL ? m->category : m->type);
    value_put_text(c->a, o->body, "currency", m->currency);
    value_put_text(c->a, o->body, "source", m->source);
    value_put_text(c->a, o->body, "description", m->description);
    value_put_text(
        c->a, o->body, "status", on > o->created_at ? "pending" : "available");
    value_put_int(c->a, o->body, "available_on", on);
    value_put_int(c->a, o->body, "amount", m->amount_cents);
    value_put_int(c->a, o->body, "fee", m->fee_cents);
    value_put_int(c->a, o->body, "net", m->amount_cents - m->fee_cents);
    if (m->fee_cents > 0)
        add_fee(c, o->body, m);
    objects_save(c, o);
    enter(c, o, m, on);
    return o;
}

int64_t balance_transactions_available_on(struct call *c, const char *id)
{
    const struct object *o = objects_find_anywhere(c, "balance_transaction", id);
    int64_t now = sandbox_now(c->box);
    int64_t on = o == NULL ? now : value_get_int(o->body, "available_on", now);
    return on > now ? on : now;
}

enum result balance_transactions_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "balance_transaction", c->ids[0], "id", &o));
    return objects_answer(c, o);
}

enum result balance_transactions_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "source", "source" },
        { "payout", "payout" }, { "type", "type" }, { "currency", "currency" },
        { NULL, NULL } };
    return objects_list(c, "balance_transaction", filters);
}
