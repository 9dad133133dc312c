#include "refunds.h"

#include <inttypes.h>

#include "balance_transactions.h"
#include "events.h"
#include "ledger.h"
#include "pages.h"
#include "util/text.h"

/* The charge that the parameters name, by itself or by its payment intent. */
static enum result find_charge(struct call *c, struct object **out)
{
    const char *charge = call_text(c, "charge"),
               *intent = call_text(c, "payment_intent");
    if (charge != NULL && intent != NULL)
        return call_invalid(c, "parameters_exclusive", "payment_intent",
            "You may only specify one of these parameters: charge, payment_intent.");
    if (charge != NULL)
        return objects_require(c, "charge", charge, "charge", out);
    if (intent == NULL)
        return call_invalid(c, "parameter_missing", "charge",
            "One of the following params should be provided for this request: "
            "payment_intent or charge.");
    struct object *pi;
    TRY(objects_require(c, "payment_intent", intent, "payment_intent", &pi));
    const char *latest = value_get_text(pi->body, "latest_charge");
    if (latest == NULL)
        return call_invalid(c, "charge_not_refundable", "payment_intent",
            "This PaymentIntent (%s) does not have a successful charge to refund.",
            pi->id);
    return objects_require(c, "charge", latest, "charge", out);
}

static enum result check(struct call *c, const struct object *charge, int64_t *amount)
{
    int64_t paid = value_get_int(charge->body, "amount", 0);
    int64_t left = paid - value_get_int(charge->body, "amount_refunded", 0);
    *amount = value_get_int(c->params, "amount", left);
    if (!value_get_bool(charge->body, "paid", false))
        return call_invalid(c, "charge_not_refundable", "charge",
            "Charge %s did not succeed and cannot be refunded.", charge->id);
    if (value_get_bool(charge->body, "disputed", false))
        return call_invalid(c, "charge_disputed", "charge",
            "Charge %s has been charged back; cannot issue a refund.", charge->id);
    if (left == 0)
        return call_invalid(c, "charge_already_refunded", NULL,
            "Charge %s has already been refunded.", charge->id);
    if (*amount < 1)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    if (*amount > left)
        return call_invalid(c, NULL, "amount",
            "Refund amount (%s) is greater than unrefunded amount on charge (%s)",
            pages_money(c->a, *amount, "usd"), pages_money(c->a, left, "usd"));
    if (value_get_bool(c->params, "reverse_transfer", false) ||
        value_get_bool(c->params, "refund_application_fee", false))
        return call_invalid(c, NULL, "reverse_transfer",
            "This charge has no transfer of its own. Reverse the transfer instead.");
    return OK;
}

/* Adds BY (which may be negative) to what the charge has given back. */
static void count_on_charge(struct call *c, struct object *charge, int64_t by)
{
    const struct value *before = value_clone(c->a, charge->body);
    int64_t back = value_get_int(charge->body, "amount_refunded", 0) + by;
    value_put_int(c->a, charge->body, "amount_refunded", back);
    value_put_bool(c->a, charge->body, "refunded",
        back == value_get_int(charge->body, "amount", 0));
    objects_save(c, charge);
    events_emit(c, by > 0 ? "charge.refunded" : "charge.updated", charge,
        objects_difference(c, before, charge->body), c->account);
}

/* A charge that is still pending is refunded from what is pending. */
static const char *move(
    struct call *c, const struct object *charge, const struct object *refund, bool back)
{
    int64_t amount = value_get_int(refund->body, "amount", 0);
    const struct movement m = {
        .type = back ? "refund_failure" : "refund",
        .account = c->account,
        .with = LEDGER_WORLD,
        .available_on = balance_transactions_available_on(
            c, value_get_text(charge->body, "balance_transaction")),
        .currency = value_get_text(refund->body, "currency"),
        .source = refund->id,
        .amount_cents = back ? amount : -amount,
    };
    return balance_transactions_add(c, &m)->id;
}

enum result refunds_create(struct call *c)
{
    struct object *charge, *refund;
    int64_t amount;
    TRY(find_charge(c, &charge));
    TRY(check(c, charge, &amount));
    refund = objects_new(c, "refund", "re_");
    value_put_int(c->a, refund->body, "amount", amount);
    value_put_text(c->a, refund->body, "charge", charge->id);
    value_put_text(c->a, refund->body, "reason", call_text(c, "reason"));
    static const char *const same[] = { "currency", "payment_intent" };
    for (size_t i = 0; i < 2; i++)
        value_put_text(
            c->a, refund->body, same[i], value_get_text(charge->body, same[i]));
    TRY(objects_take_metadata(c, refund));
    value_put_text(
        c->a, refund->body, "balance_transaction", move(c, charge, refund, false));
    objects_save(c, refund);
    count_on_charge(c, charge, amount);
    events_emit(c, "refund.created", refund, NULL, c->account);
    return objects_answer(c, refund);
}

enum result refunds_retrieve(struct call *c)
{
    struct object *refund;
    TRY(objects_require(c, "refund", c->ids[0], "refund", &refund));
    return objects_answer(c, refund);
}

enum result refunds_update(struct call *c)
{
    struct object *refund;
    TRY(objects_require(c, "refund", c->ids[0], "refund", &refund));
    const struct value *before = value_clone(c->a, refund->body);
    TRY(objects_take_metadata(c, refund));
    objects_save(c, refund);
    events_emit(c, "refund.updated", refund,
        objects_difference(c, before, refund->body), c->account);
    return objects_answer(c, refund);
}

enum result refunds_cancel(struct call *c)
{
    struct object *refund;
    TRY(objects_require(c, "refund", c->ids[0], "refund", &refund));
    return call_invalid(c, NULL, NULL,
        "Refund %s cannot be canceled: card refunds never wait for the customer.",
        refund->id);
}

enum result refunds_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "charge", "charge" },
        { "payment_intent", "payment_intent" }, { NULL, NULL } };
    return objects_list(c, "refund", filters);
}

enum result refunds_fail(struct call *c, struct object *refund, const char *why)
{
    struct object *charge;
    if (!text_is(value_get_text(refund->body, "status"), "succeeded"))
        return call_invalid(c, NULL, NULL, "Refund %s has not succeeded.", refund->id);
    TRY(objects_require(
        c, "charge", value_get_text(refund->body, "charge"), "charge", &charge));
    value_put_text(c->a, refund->body, "status", "failed");
    value_put_text(c->a, refund->body, "failure_reason", why);
    value_put_text(c->a, refund->body, "failure_balance_transaction",
        move(c, charge, refund, true));
    objects_save(c, refund);
    count_on_charge(c, charge, -value_get_int(refund->body, "amount", 0));
    events_emit(c, "refund.failed", refund, NULL, c->account);
    return objects_answer(c, refund);
}
