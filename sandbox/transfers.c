#include "transfers.h"

#include <inttypes.h>

#include "balance.h"
#include "balance_transactions.h"
#include "events.h"
#include "pages.h"
#include "util/guard.h"
#include "util/text.h"

int64_t transfers_left_cents(const struct object *transfer)
{
    return value_get_int(transfer->body, "amount", 0) -
           value_get_int(transfer->body, "amount_reversed", 0);
}

void transfers_set_reuse(struct call *c, bool allowed)
{
    store_set(c->box->store, "transfers_reuse", allowed ? "yes" : "no");
}

/* ---- may it be ---- */

/* What is to be transferred, from where. */
struct plan {
    struct object *destination;
    struct object *source; /* the charge, or NULL: from the available balance */
    const char *currency, *group;
    int64_t amount_cents, available_on;
};

static enum result find_destination(struct call *c, struct plan *p)
{
    const char *id = call_text(c, "destination");
    p->destination = objects_find(c, "account", id);
    if (p->destination == NULL)
        return call_invalid(
            c, "resource_missing", "destination", "No such destination: '%s'", id);
    const char *state = value_get_text(p->destination->body, "capabilities.transfers");
    if (text_is(state, "active"))
        return OK;
    return call_invalid(c, "insufficient_capabilities_for_transfer", NULL,
        "Your destination account needs to have at least one of the following "
        "capabilities enabled: transfers, crypto_transfers, legacy_payments");
}

struct used {
    int64_t cents;
    bool reuse;
};

static bool add_used(struct call *c, struct object *transfer, void *arg)
{
    struct used *used = arg;
    (void)c;
    used->cents += used->reuse ? transfers_left_cents(transfer)
                               : value_get_int(transfer->body, "amount", 0);
    return true;
}

/* The sum of the transfers of a charge is never more than the charge. */
static enum result check_source(struct call *c, struct plan *p)
{
    const struct value *charge = p->source->body;
    const char *setting = store_setting(c->box->store, c->a, "transfers_reuse");
    struct used used = { .reuse = !text_is(setting, "no") };
    if (!value_get_bool(charge, "paid", false))
        return call_invalid(c, NULL, "source_transaction",
            "The source_transaction %s did not succeed: nothing can be transferred "
            "from it.",
            p->source->id);
    if (!text_is(p->currency, value_get_text(charge, "currency")))
        return call_invalid(c, NULL, "currency",
            "The currency of source_transaction's balance transaction (%s) must be the "
            "same as the transfer currency (%s)",
            value_get_text(charge, "currency"), p->currency);
    objects_each(c, "transfer", "source_transaction", p->source->id, add_used, &used);
    int64_t whole = value_get_int(charge, "amount", 0);
    if (p->amount_cents <= whole - used.cents)
        return OK;
    return call_invalid(c, NULL, "amount",
        "Transfers using this transaction as a source must not exceed the source "
        "amount "
        "of %s. (There are transfers of %s already.)",
        pages_money(c->a, whole, p->currency),
        pages_money(c->a, used.cents, p->currency));
}

static enum result check_balance(struct call *c, const struct plan *p)
{
    if (balance_of(c, c->account, p->currency).available_cents >= p->amount_cents)
        return OK;
    return call_invalid(c, "balance_insufficient", NULL,
        "You have insufficient available funds in your Stripe account. Try adding "
        "funds directly to your available balance by creating Charges using the "
        "4000000000000077 test card.");
}

static enum result find_source(struct call *c, struct plan *p)
{
    const char *id = call_text(c, "source_transaction");
    if (id == NULL)
        return OK;
    TRY(objects_require(c, "charge", id, "source_transaction", &p->source));
    p->available_on = balance_transactions_available_on(
        c, value_get_text(p->source->body, "balance_transaction"));
    return OK;
}

static enum result take_amount(struct call *c, struct plan *p)
{
    if (!value_has(c->params, "amount") && p->source == NULL)
        return call_invalid(
            c, "parameter_missing", "amount", "Missing required param: amount.");
    int64_t whole = p->source == NULL ? 0 : value_get_int(p->source->body, "amount", 0);
    p->amount_cents = value_get_int(c->params, "amount", whole);
    if (p->amount_cents < 1)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    return OK;
}

static enum result make_plan(struct call *c, struct plan *p)
{
    if (!text_empty(c->account))
        return call_invalid(c, "platform_account_required", NULL,
            "Only Stripe Connect platforms can work with other accounts.");
    TRY(balance_take_currency(c, &p->currency));
    TRY(find_source(c, p));
    TRY(take_amount(c, p));
    TRY(find_destination(c, p));
    TRY(p->source != NULL ? check_source(c, p) : check_balance(c, p));
    p->group = call_text(c, "transfer_group");
    if (!text_empty(p->group) || p->source == NULL)
        return OK;
    const char *intent = value_get_text(p->source->body, "payment_intent");
    p->group = value_get_text(p->source->body, "transfer_group");
    if (p->group == NULL)
        p->group =
            arena_printf(c->a, "group_%s", intent != NULL ? intent : p->source->id);
    return OK;
}

/* ---- moving the money ---- */

/* The transfer as the connected account sees it: a payment. */
static struct object *destination_payment(
    struct call *c, const struct object *transfer, const struct plan *p)
{
    struct object *py = objects_new_for(c, p->destination->id, "charge", "py_");
    struct value *b = py->body;
    const struct movement m = {
        .type = "payment",
        .category = "charge",
        .account = p->destination->id,
        .with = LEDGER_TRANSIT,
        .currency = p->currency,
        .source = py->id,
        .amount_cents = p->amount_cents,
        .available_on = p->available_on,
    };
    struct value *method = value_object(c->a);
    value_put_text(c->a, method, "type", "stripe_account");
    value_put(c->a, method, "stripe_account", value_object(c->a));
    value_set(c->a, b, "payment_method_details", method);
    value_put(c->a, b, "outcome", value_null(c->a));
    value_put_int(c->a, b, "amount", p->amount_cents);
    value_put_int(c->a, b, "amount_captured", p->amount_cents);
    value_put_text(c->a, b, "currency", p->currency);
    value_put_bool(c->a, b, "paid", true);
    value_put_text(c->a, b, "source_transfer", transfer->id);
    value_put_text(c->a, b, "transfer_group", p->group);
    value_put_text(c->a, b, "balance_transaction", balance_transactions_add(c, &m)->id);
    objects_save(c, py);
    return py;
}

static void move(struct call *c, struct object *transfer, const struct plan *p)
{
    const struct movement m = {
        .type = "transfer",
        .account = c->account,
        .with = LEDGER_TRANSIT,
        .currency = p->currency,
        .source = transfer->id,
        .description = call_text(c, "description"),
        .amount_cents = -p->amount_cents,
        .available_on = p->available_on,
    };
    value_put_text(c->a, transfer->body, "balance_transaction",
        balance_transactions_add(c, &m)->id);
    value_put_text(c->a, transfer->body, "destination_payment",
        destination_payment(c, transfer, p)->id);
}

/* ---- the operations ---- */

enum result transfers_create(struct call *c)
{
    struct plan p = { 0 };
    TRY(make_plan(c, &p));
    struct object *o = objects_new(c, "transfer", "tr_");
    struct value *b = o->body;
    value_put_int(c->a, b, "amount", p.amount_cents);
    value_put_text(c->a, b, "currency", p.currency);
    value_put_text(c->a, b, "description", call_text(c, "description"));
    value_put_text(c->a, b, "destination", p.destination->id);
    value_put_text(c->a, b, "source_transaction", p.source ? p.source->id : NULL);
    value_put_text(c->a, b, "transfer_group", text_empty(p.group) ? NULL : p.group);
    value_put_text(c->a, b, "reversals.url",
        arena_printf(c->a, "/v1/transfers/%s/reversals", o->id));
    TRY(objects_take_metadata(c, o));
    move(c, o, &p);
    objects_save(c, o);
    events_emit(c, "transfer.created", o, NULL, c->account);
    return objects_answer(c, o);
}

enum result transfers_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "transfer", c->ids[0], "transfer", &o));
    return objects_answer(c, o);
}

enum result transfers_update(struct call *c)
{
    static const char *const names[] = { "description", NULL };
    struct object *o;
    TRY(objects_require(c, "transfer", c->ids[0], "transfer", &o));
    const struct value *before = value_clone(c->a, o->body);
    objects_take(c, o, names);
    TRY(objects_take_metadata(c, o));
    objects_save(c, o);
    events_emit(
        c, "transfer.updated", o, objects_difference(c, before, o->body), c->account);
    return objects_answer(c, o);
}

enum result transfers_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "transfer_group",
                                                         "transfer_group" },
        { "destination", "destination" }, { NULL, NULL } };
    return objects_list(c, "transfer", filters);
}
