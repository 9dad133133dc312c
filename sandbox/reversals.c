#include "reversals.h"

#include "accounts.h"
#include "balance.h"
#include "balance_transactions.h"
#include "events.h"
#include "pages.h"
#include "transfers.h"
#include "util/guard.h"
#include "util/text.h"

enum { EMBEDDED_MAX = 10 };

void reversals_set_rule(struct call *c, enum reversals_rule rule)
{
    static const char *const names[] = {
        [REVERSALS_REFUSE] = "refuse", [REVERSALS_NEGATIVE] = "negative"
    };
    store_set(c->box->store, "reversals", names[rule]);
}

/* ---- may it be ---- */

struct plan {
    struct object *transfer, *payment; /* the payment is the account's side of it */
    const char *currency;
    int64_t amount_cents, available_on;
};

static enum result find(struct call *c, struct plan *p)
{
    TRY(objects_require(c, "transfer", c->ids[0], "id", &p->transfer));
    p->payment = objects_find_anywhere(
        c, "charge", value_get_text(p->transfer->body, "destination_payment"));
    CHECK(p->payment != NULL);
    if (objects_find(c, "account", p->payment->account) == NULL)
        return accounts_refuse(c, p->payment->account);
    p->currency = value_get_text(p->transfer->body, "currency");
    p->available_on = balance_transactions_available_on(
        c, value_get_text(p->payment->body, "balance_transaction"));
    return OK;
}

static enum result take_amount(struct call *c, struct plan *p)
{
    int64_t left = transfers_left_cents(p->transfer);
    p->amount_cents = value_get_int(c->params, "amount", left);
    if (left == 0)
        return call_invalid(
            c, NULL, NULL, "Transfer %s is already fully reversed.", p->transfer->id);
    if (p->amount_cents < 1)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    if (p->amount_cents <= left)
        return OK;
    return call_invalid(c, NULL, "amount",
        "Reversal amount (%s) is greater than unreversed amount on transfer (%s)",
        pages_money(c->a, p->amount_cents, p->currency),
        pages_money(c->a, left, p->currency));
}

/* Money that is still pending is taken back from what is pending. */
static enum result check_balance(struct call *c, const struct plan *p)
{
    struct ledger_balance has = balance_of(c, p->payment->account, p->currency);
    int64_t there =
        p->available_on > sandbox_now(c->box) ? has.pending_cents : has.available_cents;
    const char *rule = store_setting(c->box->store, c->a, "reversals");
    if (there >= p->amount_cents || text_is(rule, "negative"))
        return OK;
    return call_invalid(c, "balance_insufficient", NULL,
        "Insufficient funds in the connected account's balance to reverse %s of this "
        "transfer.",
        pages_money(c->a, p->amount_cents, p->currency));
}

/* ---- moving the money ---- */

/* The reversal as the connected account sees it: a refund of its payment. */
static struct object *payment_refund(
    struct call *c, const struct object *reversal, const struct plan *p)
{
    struct object *py = p->payment;
    struct object *pyr = objects_new_for(c, py->account, "refund", "pyr_");
    const struct movement m = {
        .type = "payment_refund",
        .category = "refund",
        .account = py->account,
        .with = LEDGER_TRANSIT,
        .currency = p->currency,
        .source = pyr->id,
        .amount_cents = -p->amount_cents,
        .available_on = p->available_on,
    };
    value_put_int(c->a, pyr->body, "amount", p->amount_cents);
    value_put_text(c->a, pyr->body, "charge", py->id);
    value_put_text(c->a, pyr->body, "currency", p->currency);
    value_put_text(c->a, pyr->body, "source_transfer_reversal", reversal->id);
    value_remove(pyr->body, "destination_details");
    value_put_text(
        c->a, pyr->body, "balance_transaction", balance_transactions_add(c, &m)->id);
    objects_save(c, pyr);
    int64_t back = value_get_int(py->body, "amount_refunded", 0) + p->amount_cents;
    value_put_int(c->a, py->body, "amount_refunded", back);
    value_put_bool(
        c->a, py->body, "refunded", back == value_get_int(py->body, "amount", 0));
    objects_save(c, py);
    return pyr;
}

static void move(struct call *c, struct object *reversal, const struct plan *p)
{
    const struct movement m = {
        .type = "transfer_refund",
        .category = "transfer_reversal",
        .account = c->account,
        .with = LEDGER_TRANSIT,
        .currency = p->currency,
        .source = reversal->id,
        .amount_cents = p->amount_cents,
        .available_on = p->available_on,
    };
    value_put_text(c->a, reversal->body, "balance_transaction",
        balance_transactions_add(c, &m)->id);
    value_put_text(c->a, reversal->body, "destination_payment_refund",
        payment_refund(c, reversal, p)->id);
}

/* The transfer counts the reversal and shows the latest ten, newest first. */
static void count_on_transfer(
    struct call *c, struct object *transfer, const struct object *reversal)
{
    const struct value *before = value_clone(c->a, transfer->body);
    struct value *b = transfer->body, *list = value_array(c->a);
    value_append(list, value_clone(c->a, reversal->body));
    value_each(e, value_get(b, "reversals.data"))
    {
        if (list->count < EMBEDDED_MAX)
            value_append(list, value_clone(c->a, e));
        else
            value_put_bool(c->a, b, "reversals.has_more", true);
    }
    value_put(c->a, b, "reversals.data", list);
    value_put_int(c->a, b, "amount_reversed",
        value_get_int(b, "amount_reversed", 0) +
            value_get_int(reversal->body, "amount", 0));
    value_put_bool(c->a, b, "reversed", transfers_left_cents(transfer) == 0);
    objects_save(c, transfer);
    events_emit(
        c, "transfer.reversed", transfer, objects_difference(c, before, b), c->account);
}

/* ---- the operations ---- */

enum result reversals_create(struct call *c)
{
    struct plan p = { 0 };
    TRY(find(c, &p));
    TRY(take_amount(c, &p));
    TRY(check_balance(c, &p));
    struct object *o = objects_new(c, "transfer_reversal", "trr_");
    value_put_int(c->a, o->body, "amount", p.amount_cents);
    value_put_text(c->a, o->body, "currency", p.currency);
    value_put_text(c->a, o->body, "transfer", p.transfer->id);
    TRY(objects_take_metadata(c, o));
    move(c, o, &p);
    objects_save(c, o);
    count_on_transfer(c, p.transfer, o);
    return objects_answer(c, o);
}

enum result reversals_retrieve(struct call *c)
{
    struct object *transfer, *o;
    TRY(objects_require(c, "transfer", c->ids[0], "transfer", &transfer));
    TRY(objects_require(c, "transfer_reversal", c->ids[1], "id", &o));
    if (text_is(value_get_text(o->body, "transfer"), transfer->id))
        return objects_answer(c, o);
    return call_error(c, 404, "invalid_request_error", "resource_missing", "id",
        "No such transfer reversal: '%s'", o->id);
}

enum result reversals_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "transfer", "transfer" },
        { NULL, NULL } };
    struct object *transfer;
    TRY(objects_require(c, "transfer", c->ids[0], "id", &transfer));
    value_put_text(c->a, c->params, "transfer", transfer->id);
    return objects_list(c, "transfer_reversal", filters);
}
