#include "charges.h"

#include "balance_transactions.h"
#include "events.h"
#include "ledger.h"
#include "util/text.h"

/* 2.9 % + 30 cents, the usual fee in the US. */
enum { FEE_BP = 290, FEE_FIXED_CENTS = 30 };

/* Until the money of a charge is available. */
enum { PENDING_S = 2 * 24 * 3600 };

static int64_t fee_cents(int64_t amount_cents)
{
    return (amount_cents * FEE_BP + 5000) / 10000 + FEE_FIXED_CENTS;
}

static void copy(struct call *c, struct value *to, const struct value *from,
    const char *const *names)
{
    for (; *names != NULL; names++) {
        const struct value *v = value_member(from, *names);
        if (v != NULL)
            value_set(c->a, to, *names, value_clone(c->a, v));
    }
}

static void fill(struct call *c, struct object *charge, const struct object *pi,
    const struct object *pm)
{
    static const char *const of_intent[] = { "amount", "currency", "customer",
        "description", "metadata", "on_behalf_of", "receipt_email", "shipping",
        "statement_descriptor_suffix", "transfer_group", NULL };
    static const char *const of_card[] = { "brand", "country", "exp_month", "exp_year",
        "fingerprint", "funding", "last4", "checks", NULL };
    struct value *b = charge->body;
    copy(c, b, pi->body, of_intent);
    copy(c, value_get(b, "payment_method_details.card"), value_member(pm->body, "card"),
        of_card);
    value_put_text(c->a, b, "payment_method_details.card.network",
        value_get_text(pm->body, "card.brand"));
    value_set(c->a, b, "billing_details",
        value_clone(c->a, value_member(pm->body, "billing_details")));
    value_put_text(c->a, b, "payment_intent", pi->id);
    value_put_text(c->a, b, "payment_method", pm->id);
    const char *suffix = value_get_text(pi->body, "statement_descriptor_suffix");
    value_put_text(c->a, b, "calculated_statement_descriptor",
        suffix == NULL ? "SANDBOX" : arena_printf(c->a, "SANDBOX* %s", suffix));
}

static void fill_failure(struct call *c, struct value *b, const struct card *card)
{
    value_put_text(c->a, b, "status", "failed");
    value_put_bool(c->a, b, "paid", false);
    value_put_bool(c->a, b, "captured", false);
    value_put_int(c->a, b, "amount_captured", 0);
    value_put_text(c->a, b, "failure_code", card->code);
    value_put_text(c->a, b, "failure_message", card->message);
    value_put_text(c->a, b, "outcome.type", "issuer_declined");
    value_put_text(c->a, b, "outcome.network_status", "declined_by_network");
    value_put_text(c->a, b, "outcome.reason",
        card->decline_code != NULL ? card->decline_code : card->code);
    value_put_text(c->a, b, "outcome.advice_code", card->advice);
    value_put_text(c->a, b, "outcome.seller_message",
        "The bank did not return any further details with this decline.");
}

static void fill_success(struct call *c, struct object *charge, const struct card *card)
{
    struct value *b = charge->body;
    int64_t amount = value_get_int(b, "amount", 0);
    const struct movement movement = {
        .type = "charge",
        .account = c->account,
        .with = LEDGER_WORLD,
        .currency = value_get_text(b, "currency"),
        .source = charge->id,
        .amount_cents = amount,
        .fee_cents = fee_cents(amount),
        .fee_words = "Stripe processing fees",
        .available_on = card->at_once ? 0 : charge->created_at + PENDING_S,
    };
    value_put_bool(c->a, b, "paid", true);
    value_put_int(c->a, b, "amount_captured", amount);
    value_put_int(c->a, b, "payment_method_details.card.amount_authorized", amount);
    value_put_text(
        c->a, b, "balance_transaction", balance_transactions_add(c, &movement)->id);
    value_put_text(c->a, b, "receipt_url",
        arena_printf(c->a, "%s/receipts/%s", c->box->base, charge->id));
}

struct object *charges_attempt(struct call *c, const struct object *pi,
    const struct object *pm, const struct card *card)
{
    struct object *charge = objects_new(c, "charge", "ch_");
    fill(c, charge, pi, pm);
    if (card->challenge) {
        const char *at = "payment_method_details.card.three_d_secure";
        static const char *const results[][2] = { { "authentication_flow",
                                                      "challenge" },
            { "electronic_commerce_indicator", "05" }, { "exemption_indicator", NULL },
            { "result", "authenticated" }, { "result_reason", NULL },
            { "transaction_id", NULL }, { "version", "2.2.0" } };
        for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
            value_put_text(c->a, charge->body,
                arena_printf(c->a, "%s.%s", at, results[i][0]), results[i][1]);
    }
    if (card->code != NULL)
        fill_failure(c, charge->body, card);
    else
        fill_success(c, charge, card);
    objects_save(c, charge);
    events_emit(c, card->code != NULL ? "charge.failed" : "charge.succeeded", charge,
        NULL, c->account);
    return charge;
}

enum result charges_retrieve(struct call *c)
{
    struct object *charge;
    TRY(objects_require(c, "charge", c->ids[0], "charge", &charge));
    return objects_answer(c, charge);
}

enum result charges_update(struct call *c)
{
    static const char *const names[] = { "description", "receipt_email", "shipping",
        "transfer_group", "fraud_details", NULL };
    struct object *charge;
    TRY(objects_require(c, "charge", c->ids[0], "charge", &charge));
    if (value_has(c->params, "transfer_group") &&
        value_has(charge->body, "transfer_group"))
        return call_invalid(c, NULL, "transfer_group",
            "The transfer_group of a charge can be set only once.");
    const struct value *before = value_clone(c->a, charge->body);
    objects_take(c, charge, names);
    TRY(objects_take_metadata(c, charge));
    objects_save(c, charge);
    events_emit(c, "charge.updated", charge,
        objects_difference(c, before, charge->body), c->account);
    return objects_answer(c, charge);
}

enum result charges_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "customer", "customer" },
        { "payment_intent", "payment_intent" }, { "transfer_group", "transfer_group" },
        { NULL, NULL } };
    return objects_list(c, "charge", filters);
}
