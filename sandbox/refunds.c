#include "refunds.h"

#include <inttypes.h>

#include "balance.h"
#include "balance_transactions.h"
#include "disputes.h"
#include "events.h"
#include "ledger.h"
#include "pages.h"
#include "util/guard.h"
#include "util/text.h"

enum result refunds_find_charge(struct call *c, struct object **out)
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

static int64_t left_cents(const struct object *charge)
{
    return value_get_int(charge->body, "amount", 0) -
           value_get_int(charge->body, "amount_refunded", 0);
}

static enum result check(struct call *c, const struct object *charge, int64_t amount)
{
    int64_t left = left_cents(charge);
    const char *currency = value_get_text(charge->body, "currency");
    if (!value_get_bool(charge->body, "paid", false))
        return call_invalid(c, "charge_not_refundable", "charge",
            "Charge %s did not succeed and cannot be refunded.", charge->id);
    if (disputes_forbid_refund(c, charge))
        return call_invalid(c, "charge_disputed", "charge",
            "Charge %s has been charged back; cannot issue a refund.", charge->id);
    if (left == 0)
        return call_invalid(c, "charge_already_refunded", NULL,
            "Charge %s has already been refunded.", charge->id);
    if (amount < 1)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    if (amount <= left)
        return OK;
    return call_invalid(c, NULL, "amount",
        "Refund amount (%s) is greater than unrefunded amount on charge (%s)",
        pages_money(c->a, amount, currency), pages_money(c->a, left, currency));
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

/* ---- without the money ---- */

static const char *const rules[] = { [REFUNDS_DEBIT] = "debit",
    [REFUNDS_PENDING] = "pending",
    [REFUNDS_REFUSE] = "refuse" };

void refunds_set_rule(struct call *c, enum refunds_rule rule)
{
    store_set(c->box->store, "refunds", rules[rule]);
}

static enum refunds_rule rule(struct call *c)
{
    const char *set = store_setting(c->box->store, c->a, "refunds");
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (text_is(set, rules[i]))
            return (enum refunds_rule)i;
    return REFUNDS_DEBIT;
}

/* What is still pending of a charge counts for its own refund. */
static bool covered(struct call *c, const struct object *charge, int64_t amount)
{
    struct ledger_balance has =
        balance_of(c, charge->account, value_get_text(charge->body, "currency"));
    bool pending =
        balance_transactions_available_on(c,
            value_get_text(charge->body, "balance_transaction")) > sandbox_now(c->box);
    return (pending ? has.pending_cents : has.available_cents) >= amount;
}

static void succeed(struct call *c, const struct object *charge, struct object *refund)
{
    value_put_text(c->a, refund->body, "status", "succeeded");
    value_remove(refund->body, "pending_reason");
    value_put_text(
        c->a, refund->body, "balance_transaction", move(c, charge, refund, false));
}

static bool try_pending(struct call *c, struct object *refund, void *arg)
{
    struct object *charge =
        objects_find(c, "charge", value_get_text(refund->body, "charge"));
    (void)arg;
    CHECK(charge != NULL);
    if (!covered(c, charge, value_get_int(refund->body, "amount", 0)))
        return true;
    const struct value *before = value_clone(c->a, refund->body);
    succeed(c, charge, refund);
    objects_save(c, refund);
    events_emit(c, "refund.updated", refund,
        objects_difference(c, before, refund->body), c->account);
    return true;
}

void refunds_tick(struct call *c)
{
    objects_each(c, "refund", "status", "pending", try_pending, NULL);
}

/* ---- the operations ---- */

enum result refunds_make(struct call *c, struct object *charge,
    const struct refund_terms *terms, struct object **out)
{
    static const char *const same[] = { "currency", "payment_intent" };
    int64_t amount =
        terms->amount_cents != 0 ? terms->amount_cents : left_cents(charge);
    TRY(check(c, charge, amount));
    bool money = rule(c) == REFUNDS_DEBIT || covered(c, charge, amount);
    if (!money && rule(c) == REFUNDS_REFUSE)
        return call_invalid(c, "balance_insufficient", NULL,
            "Insufficient funds in your Stripe balance to refund this amount.");
    struct object *refund = *out = objects_new(c, "refund", "re_");
    value_put_int(c->a, refund->body, "amount", amount);
    value_put_text(c->a, refund->body, "charge", charge->id);
    value_put_text(c->a, refund->body, "reason", terms->reason);
    for (size_t i = 0; i < 2; i++)
        value_put_text(
            c->a, refund->body, same[i], value_get_text(charge->body, same[i]));
    TRY(objects_take_metadata(c, refund));
    if (money) {
        succeed(c, charge, refund);
    } else {
        value_put_text(c->a, refund->body, "status", "pending");
        value_put_text(c->a, refund->body, "pending_reason", "insufficient_funds");
    }
    objects_save(c, refund);
    count_on_charge(c, charge, amount);
    events_emit(c, "refund.created", refund, NULL, c->account);
    return OK;
}

enum result refunds_create(struct call *c)
{
    struct object *charge, *refund;
    const struct refund_terms terms = {
        .amount_cents = value_get_int(c->params, "amount", 0),
        .reason = call_text(c, "reason"),
    };
    TRY(refunds_find_charge(c, &charge));
    if (value_get_int(c->params, "amount", 1) == 0)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    if (value_get_bool(c->params, "reverse_transfer", false) ||
        value_get_bool(c->params, "refund_application_fee", false))
        return call_invalid(c, NULL, "reverse_transfer",
            "This charge has no transfer of its own. Reverse the transfer instead.");
    TRY(refunds_make(c, charge, &terms, &refund));
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
    const char *status = value_get_text(refund->body, "status");
    if (!text_is(status, "succeeded") && !text_is(status, "pending"))
        return call_invalid(c, NULL, NULL, "Refund %s has not succeeded.", refund->id);
    TRY(objects_require(
        c, "charge", value_get_text(refund->body, "charge"), "charge", &charge));
    const struct value *before = value_clone(c->a, refund->body);
    if (text_is(status, "succeeded"))
        value_put_text(c->a, refund->body, "failure_balance_transaction",
            move(c, charge, refund, true));
    value_remove(refund->body, "pending_reason");
    value_put_text(c->a, refund->body, "status", "failed");
    value_put_text(c->a, refund->body, "failure_reason", why);
    objects_save(c, refund);
    count_on_charge(c, charge, -value_get_int(refund->body, "amount", 0));
    events_emit(c, "refund.failed", refund, objects_difference(c, before, refund->body),
        c->account);
    return objects_answer(c, refund);
}
