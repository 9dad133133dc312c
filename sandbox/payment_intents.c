#include "payment_intents.h"

#include <ctype.h>
#include <string.h>

#include "balance.h"
#include "charges.h"
#include "disputes.h"
#include "events.h"
#include "payment_methods.h"
#include "util/guard.h"
#include "util/text.h"

enum { AMOUNT_MIN_CENTS = 50, AMOUNT_MAX_CENTS = 99999999, SUFFIX_MAX = 22 };

static const char *status_of(const struct object *pi)
{
    return value_get_text(pi->body, "status");
}

static bool is_one_of(const char *status, const char *const *list)
{
    for (; *list != NULL; list++)
        if (text_is(status, *list))
            return true;
    return false;
}

static enum result refuse_state(
    struct call *c, const struct object *pi, const char *what)
{
    enum result r = call_invalid(c, "payment_intent_unexpected_state", NULL,
        "You cannot %s this PaymentIntent because it has a status of %s.", what,
        status_of(pi));
    value_put(c->a, c->reply, "error.payment_intent", value_clone(c->a, pi->body));
    return r;
}

/* ---- the parameters ---- */

static enum result check_amount(struct call *c)
{
    const struct value *amount = value_member(c->params, "amount");
    if (amount == NULL)
        return OK;
    if (amount->integer < AMOUNT_MIN_CENTS)
        return call_invalid(c,
            amount->integer < 1 ? "parameter_invalid_integer" : "amount_too_small",
            "amount",
            amount->integer < 1 ? "This value must be greater than or equal to 1."
                                : "Amount must be at least $0.50 usd");
    if (amount->integer > AMOUNT_MAX_CENTS)
        return call_invalid(
            c, "amount_too_large", "amount", "Amount must be no more than $999,999.99");
    return OK;
}

/* At most one of these says which methods are offered. */
static enum result check_methods(struct call *c)
{
    static const char *const ways[] = { "allowed_payment_method_types",
        "automatic_payment_methods", "excluded_payment_method_types",
        "payment_method_configuration" };
    const char *first = NULL;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (!value_has(c->params, ways[i]))
            continue;
        if (first != NULL)
            return call_invalid(c, "parameters_exclusive", ways[i],
                "You may only specify one of these parameters: %s, %s.", first,
                ways[i]);
        first = ways[i];
    }
    return OK;
}

static enum result check_descriptor(struct call *c)
{
    if (!text_empty(call_text(c, "statement_descriptor")))
        return call_invalid(c, "payment_intent_invalid_parameter",
            "statement_descriptor",
            "statement_descriptor is not supported for cards. Use "
            "statement_descriptor_suffix instead.");
    const char *suffix = call_text(c, "statement_descriptor_suffix");
    if (text_empty(suffix))
        return OK;
    bool letter = false;
    for (const char *p = suffix; *p != '\0'; p++)
        letter = letter || isalpha((unsigned char)*p);
    if (strlen(suffix) > SUFFIX_MAX || strpbrk(suffix, "<>\\'\"*") != NULL || !letter)
        return call_invalid(c, "payment_intent_invalid_parameter",
            "statement_descriptor_suffix",
            "The statement descriptor suffix has at most 22 characters, one letter at "
            "least, and none of < > \\ ' \" *");
    return OK;
}

static enum result check_capture(struct call *c)
{
    if (!text_is(call_text(c, "capture_method"), "manual"))
        return OK;
    return call_invalid(
        c, NULL, "capture_method", "The sandbox does not support manual capture.");
}

static enum result take(struct call *c, struct object *pi)
{
    static const char *const names[] = { "amount", "customer", "description",
        "receipt_email", "setup_future_usage", "statement_descriptor_suffix",
        "transfer_group", "shipping", "capture_method", "confirmation_method",
        "allowed_payment_method_types", "automatic_payment_methods", NULL };
    struct object *related;
    TRY(check_amount(c));
    const char *currency = NULL;
    if (value_has(c->params, "currency"))
        TRY(balance_take_currency(c, &currency));
    TRY(check_methods(c));
    TRY(check_descriptor(c));
    TRY(check_capture(c));
    if (!text_empty(call_text(c, "customer")))
        TRY(objects_require(
            c, "customer", call_text(c, "customer"), "customer", &related));
    objects_take(c, pi, names);
    if (currency != NULL)
        value_put_text(c->a, pi->body, "currency", currency);
    const struct value *allowed =
        value_member(c->params, "allowed_payment_method_types");
    if (allowed != NULL)
        value_set(c->a, pi->body, "payment_method_types", value_clone(c->a, allowed));
    return objects_take_metadata(c, pi);
}

/* The method that the parameters name or describe; *OUT stays if there is none. */
static enum result take_method(struct call *c, struct object **out)
{
    const char *id = call_text(c, "payment_method");
    if (!text_empty(id))
        return payment_methods_require(c, id, "payment_method", out);
    if (!value_has(c->params, "payment_method_data"))
        return OK;
    TRY(payment_methods_from_params(c, "payment_method_data.", out));
    objects_save(c, *out);
    return OK;
}

/* ---- paying ---- */

static void set_status(struct call *c, struct object *pi, const char *status)
{
    value_put_text(c->a, pi->body, "status", status);
    value_put(c->a, pi->body, "next_action", value_null(c->a));
}

/* The payment has failed for now: PI says why and waits for another method. */
static void fail(struct call *c, struct object *pi, struct value *error)
{
    set_status(c, pi, "requires_payment_method");
    value_put(c->a, pi->body, "payment_method", value_null(c->a));
    value_set(c->a, pi->body, "last_payment_error", error);
    objects_save(c, pi);
    events_emit(c, "payment_intent.payment_failed", pi, NULL, c->account);
}

/* The customer's bank takes the money back before it is warm. */
static void dispute(struct call *c, struct object *charge)
{
    struct object *opened;
    const struct dispute_terms terms = {
        .amount_cents = value_get_int(charge->body, "amount", 0),
        .reason = "fraudulent",
        .status = "needs_response",
    };
    CHECK(disputes_open(c, charge, &terms, &opened) == OK);
}

static enum result charge(struct call *c, struct object *pi, const struct object *pm)
{
    const struct card *card = cards_of(pm);
    struct object *made = charges_attempt(c, pi, pm, card);
    value_put_text(c->a, pi->body, "latest_charge", made->id);
    value_put_text(c->a, pi->body, "payment_method", pm->id);
    if (card->code == NULL) {
        set_status(c, pi, "succeeded");
        value_put_int(
            c->a, pi->body, "amount_received", value_get_int(pi->body, "amount", 0));
        value_put(c->a, pi->body, "last_payment_error", value_null(c->a));
        objects_save(c, pi);
        events_emit(c, "payment_intent.succeeded", pi, NULL, c->account);
        if (card->disputed)
            dispute(c, made);
        return OK;
    }
    enum result r = cards_decline(c, card);
    value_put_text(c->a, c->reply, "error.charge", made->id);
    value_put(c->a, c->reply, "error.payment_method", value_clone(c->a, pm->body));
    fail(c, pi, value_clone(c->a, value_member(c->reply, "error")));
    value_put(c->a, c->reply, "error.payment_intent", value_clone(c->a, pi->body));
    c->keep = true;
    return r;
}

static void challenge(
    struct call *c, struct object *pi, const struct payment_return *back)
{
    const char *url = arena_printf(c->a, "%s/3ds/%s?client_secret=%s", c->box->base,
        pi->id, value_get_text(pi->body, "client_secret"));
    struct value *next = value_object(c->a);
    if (back->by_script || back->url == NULL) {
        value_put_text(c->a, next, "type", "use_stripe_sdk");
        value_put_text(c->a, next, "use_stripe_sdk.type", "three_d_secure_redirect");
        value_put_text(c->a, next, "use_stripe_sdk.stripe_js", url);
    } else {
        value_put_text(c->a, next, "type", "redirect_to_url");
        value_put_text(c->a, next, "redirect_to_url.url", url);
        value_put_text(c->a, next, "redirect_to_url.return_url", back->url);
    }
    set_status(c, pi, "requires_action");
    value_set(c->a, pi->body, "next_action", next);
    value_put_text(c->a, pi->inner, "return_url", back->url);
    objects_save(c, pi);
    events_emit(c, "payment_intent.requires_action", pi, NULL, c->account);
}

enum result payment_intents_pay(struct call *c, struct object *pi, struct object *pm,
    const struct payment_return *back)
{
    static const char *const payable[] = { "requires_payment_method",
        "requires_confirmation", "requires_action", NULL };
    if (!is_one_of(status_of(pi), payable))
        return refuse_state(c, pi, "confirm");
    if (pm == NULL)
        return call_invalid(c, "payment_intent_unexpected_state", NULL,
            "You cannot confirm this PaymentIntent because it's missing a payment "
            "method.");
    value_put_text(c->a, pi->body, "payment_method", pm->id);
    if (!cards_of(pm)->challenge)
        return charge(c, pi, pm);
    challenge(c, pi, back);
    return OK;
}

enum result payment_intents_authenticated(
    struct call *c, struct object *pi, bool passed)
{
    if (!text_is(status_of(pi), "requires_action"))
        return refuse_state(c, pi, "authenticate");
    struct object *pm =
        objects_find(c, "payment_method", value_get_text(pi->body, "payment_method"));
    CHECK(pm != NULL);
    if (passed)
        return charge(c, pi, pm);
    struct value *error = value_object(c->a);
    value_put_text(c->a, error, "code", "payment_intent_authentication_failure");
    value_put_text(c->a, error, "message",
        "We are unable to authenticate your payment method. Please choose a different "
        "payment method and try again.");
    value_put_text(c->a, error, "type", "invalid_request_error");
    value_put(c->a, error, "payment_method", value_clone(c->a, pm->body));
    fail(c, pi, error);
    return OK;
}

bool payment_intents_secret_is(const struct object *pi, const char *text)
{
    return text_is(value_get_text(pi->body, "client_secret"), text);
}

/* ---- the operations ---- */

struct object *payment_intents_new(
    struct call *c, int64_t amount_cents, const char *currency)
{
    struct object *pi = objects_new(c, "payment_intent", "pi_");
    value_put_int(c->a, pi->body, "amount", amount_cents);
    value_put_text(c->a, pi->body, "currency", currency);
    value_put_text(c->a, pi->body, "client_secret",
        call_new_id(c->a, arena_printf(c->a, "%s_secret_", pi->id)));
    return pi;
}

static enum result confirm_and_answer(
    struct call *c, struct object *pi, struct object *pm)
{
    const struct payment_return back = {
        .url = call_text(c, "return_url"),
        .by_script = value_get_bool(c->params, "use_stripe_sdk", false),
    };
    TRY(payment_intents_pay(c, pi, pm, &back));
    return objects_answer(c, pi);
}

enum result payment_intents_create(struct call *c)
{
    struct object *pi = payment_intents_new(c, 0, NULL), *pm = NULL;
    bool now = value_get_bool(c->params, "confirm", false);
    if (!now && value_has(c->params, "return_url"))
        return call_invalid(c, "parameter_unknown", "return_url",
            "return_url is only allowed together with confirm=true.");
    TRY(take(c, pi));
    TRY(take_method(c, &pm));
    if (!value_has(c->params, "allowed_payment_method_types")) {
        value_put_text(
            c->a, pi->body, "automatic_payment_methods.allow_redirects", "always");
        value_put_bool(c->a, pi->body, "automatic_payment_methods.enabled", true);
    }
    if (pm != NULL) {
        value_put_text(c->a, pi->body, "payment_method", pm->id);
        set_status(c, pi, "requires_confirmation");
    }
    objects_save(c, pi);
    events_emit(c, "payment_intent.created", pi, NULL, c->account);
    return now ? confirm_and_answer(c, pi, pm) : objects_answer(c, pi);
}

enum result payment_intents_retrieve(struct call *c)
{
    struct object *pi;
    TRY(objects_require(c, "payment_intent", c->ids[0], "intent", &pi));
    return objects_answer(c, pi);
}

enum result payment_intents_update(struct call *c)
{
    static const char *const open[] = { "requires_payment_method",
        "requires_confirmation", "requires_action", NULL };
    static const char *const always[] = { "description", "metadata", "expand" };
    struct object *pi, *pm = NULL;
    TRY(objects_require(c, "payment_intent", c->ids[0], "intent", &pi));
    value_each(e, c->params)
    {
        bool allowed = is_one_of(status_of(pi), open);
        for (size_t i = 0; i < COUNT_OF(always); i++)
            allowed = allowed || text_is(e->key, always[i]);
        if (!allowed)
            return refuse_state(c, pi, "update");
    }
    TRY(take(c, pi));
    TRY(take_method(c, &pm));
    if (pm != NULL) {
        value_put_text(c->a, pi->body, "payment_method", pm->id);
        set_status(c, pi, "requires_confirmation");
    }
    objects_save(c, pi);
    return objects_answer(c, pi);
}

enum result payment_intents_confirm(struct call *c)
{
    struct object *pi, *pm;
    TRY(objects_require(c, "payment_intent", c->ids[0], "intent", &pi));
    pm = objects_find(c, "payment_method", value_get_text(pi->body, "payment_method"));
    TRY(take_method(c, &pm));
    if (!text_empty(call_text(c, "receipt_email")))
        value_put_text(c->a, pi->body, "receipt_email", call_text(c, "receipt_email"));
    return confirm_and_answer(c, pi, pm);
}

void payment_intents_end(struct call *c, struct object *pi, const char *reason)
{
    set_status(c, pi, "canceled");
    value_put_int(c->a, pi->body, "canceled_at", sandbox_now(c->box));
    value_put_text(c->a, pi->body, "cancellation_reason", reason);
    objects_save(c, pi);
    events_emit(c, "payment_intent.canceled", pi, NULL, c->account);
}

enum result payment_intents_cancel(struct call *c)
{
    static const char *const open[] = { "requires_payment_method",
        "requires_confirmation", "requires_action", NULL };
    struct object *pi;
    TRY(objects_require(c, "payment_intent", c->ids[0], "intent", &pi));
    if (!is_one_of(status_of(pi), open))
        return refuse_state(c, pi, "cancel");
    if (value_has(pi->inner, "session"))
        return call_invalid(c, "payment_intent_unexpected_state", NULL,
            "You cannot cancel this PaymentIntent because it belongs to a Checkout "
            "Session. Expire the session instead.");
    payment_intents_end(c, pi, call_text(c, "cancellation_reason"));
    return objects_answer(c, pi);
}

/* Nothing waits for a capture here: manual capture is left out. */
enum result payment_intents_capture(struct call *c)
{
    struct object *pi;
    TRY(objects_require(c, "payment_intent", c->ids[0], "intent", &pi));
    return refuse_state(c, pi, "capture");
}

enum result payment_intents_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "customer", "customer" },
        { NULL, NULL } };
    return objects_list(c, "payment_intent", filters);
}
