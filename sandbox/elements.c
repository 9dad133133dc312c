#include "elements.h"

#include <string.h>

#include "cards.h"
#include "checkout_sessions.h"
#include "form.h"
#include "pages.h"
#include "payment_intents.h"
#include "util/text.h"

/* What the browser may know of a payment intent. */
static struct value *public_view(struct call *c, const struct object *pi)
{
    static const char *const names[] = { "id", "object", "amount",
        "cancellation_reason", "canceled_at", "capture_method", "client_secret",
        "confirmation_method", "created", "currency", "description",
        "last_payment_error", "livemode", "next_action", "payment_method",
        "payment_method_types", "receipt_email", "setup_future_usage", "shipping",
        "status" };
    struct value *view = value_object(c->a);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct value *v = value_member(pi->body, names[i]);
        if (v != NULL)
            value_set(c->a, view, names[i], value_clone(c->a, v));
    }
    return view;
}

/* The payment intent that the client secret opens. */
static enum result open_intent(struct call *c, const char *secret, struct object **out)
{
    size_t n = secret == NULL ? 0 : strcspn(secret, "_");
    const char *mark = secret == NULL ? NULL : strstr(secret, "_secret_");
    if (mark == NULL || n == 0)
        return call_invalid(c, "parameter_invalid_string_empty", "client_secret",
            "A client secret is needed.");
    const char *id = arena_strndup(c->a, secret, (size_t)(mark - secret));
    TRY(objects_require(c, "payment_intent", id, "intent", out));
    if (payment_intents_secret_is(*out, secret))
        return OK;
    return call_invalid(c, "payment_intent_invalid_parameter", "client_secret",
        "The client_secret provided does not match any associated PaymentIntent.");
}

static enum result check_key(struct call *c)
{
    const char *key = call_text(c, "key");
    if (key != NULL && text_starts(key, "pk_test_"))
        return OK;
    return call_error(c, 401, "invalid_request_error", NULL, NULL,
        "Invalid API key: the sandbox takes pk_test_ keys only.");
}

static void answer_intent(struct call *c, const struct object *pi)
{
    c->status = 200;
    c->reply = value_object(c->a);
    value_set(c->a, c->reply, "payment_intent", public_view(c, pi));
}

static int64_t number_in(struct call *c, const char *name)
{
    int64_t n = 0;
    const char *text = call_text(c, name);
    return text != NULL && text_int(text, 0, 9999, &n) ? n : 0;
}

static enum result confirm(struct call *c)
{
    struct object *pi;
    const struct card *card;
    TRY(check_key(c));
    TRY(open_intent(c, call_text(c, "client_secret"), &pi));
    const struct card_input input = {
        .number = call_text(c, "number"),
        .exp_month = number_in(c, "exp_month"),
        .exp_year = number_in(c, "exp_year"),
        .cvc = call_text(c, "cvc") == NULL ? "" : call_text(c, "cvc"),
    };
    TRY(cards_check(c, &input, &card));
    struct object *pm = cards_payment_method(c, card, input.exp_month, input.exp_year);
    objects_save(c, pm);
    const struct payment_return back = { .url = call_text(c, "return_url"),
        .by_script = true };
    TRY(payment_intents_pay(c, pi, pm, &back));
    answer_intent(c, pi);
    return OK;
}

/* The error for a browser: its payment intent in the public view. */
static void make_public(struct call *c)
{
    const char *id = value_get_text(c->reply, "error.payment_intent.id");
    const struct object *pi = objects_find(c, "payment_intent", id);
    if (pi != NULL)
        value_put(c->a, c->reply, "error.payment_intent", public_view(c, pi));
}

void elements_confirm(struct call *c)
{
    if (confirm(c) != OK)
        make_public(c);
}

static enum result show(struct call *c)
{
    struct object *pi;
    TRY(check_key(c));
    TRY(open_intent(c, call_text(c, "client_secret"), &pi));
    answer_intent(c, pi);
    return OK;
}

void elements_intent(struct call *c)
{
    if (show(c) != OK)
        make_public(c);
}

/* ---- 3-D Secure ---- */

static struct object *challenged(struct call *c)
{
    struct object *pi = objects_find(c, "payment_intent", c->ids[0]);
    if (pi != NULL && payment_intents_secret_is(pi, call_text(c, "client_secret")))
        return pi;
    pages_problem(c, 404, "No such payment",
        "This payment is not known here. Go back to the shop and start again.");
    return NULL;
}

void elements_challenge(struct call *c)
{
    const struct object *pi = challenged(c);
    if (pi == NULL)
        return;
    struct value *vars = value_object(c->a);
    value_put_text(c->a, vars, "amount",
        pages_money(c->a, value_get_int(pi->body, "amount", 0),
            value_get_text(pi->body, "currency")));
    value_put_text(c->a, vars, "action", arena_printf(c->a, "/3ds/%s", pi->id));
    value_put_text(c->a, vars, "client_secret", call_text(c, "client_secret"));
    value_put_text(c->a, vars, "embed", call_text(c, "embed"));
    pages_answer(c, 200, "3-D Secure", "challenge.html", vars);
}

/* Where a challenge without script ends: the return_url with what Stripe adds. */
static void go_back(struct call *c, const struct object *pi)
{
    const char *url = value_get_text(pi->inner, "return_url");
    if (url == NULL) {
        pages_problem(
            c, 200, "You may close this page", "The bank has answered the shop.");
        return;
    }
    const char *status = value_get_text(pi->body, "status");
    /* The hosted checkout page shows the outcome itself. */
    if (!value_has(pi->inner, "session")) {
        url = pages_with_query(c->a, url, "payment_intent", pi->id);
        url = pages_with_query(c->a, url, "payment_intent_client_secret",
            value_get_text(pi->body, "client_secret"));
        url = pages_with_query(c->a, url, "redirect_status",
            text_is(status, "succeeded") ? "succeeded" : "failed");
    }
    pages_redirect(c, url);
}

void elements_challenge_done(struct call *c)
{
    struct object *pi = challenged(c);
    if (pi == NULL)
        return;
    bool passed = text_is(call_text(c, "result"), "complete");
    /* Refused or declined: the payment intent tells the shop, the customer goes back
     * all the same. */
    if (payment_intents_authenticated(c, pi, passed) == OK)
        checkout_sessions_settle(c, pi);
    const char *embed = call_text(c, "embed");
    if (text_empty(embed)) {
        go_back(c, pi);
        return;
    }
    struct value *vars = value_object(c->a);
    value_put_text(c->a, vars, "origin", embed);
    pages_answer(c, 200, "Done", "challenged.html", vars);
}
