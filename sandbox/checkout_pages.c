#include "checkout_pages.h"

#include <ctype.h>
#include <string.h>

#include "cards.h"
#include "checkout_sessions.h"
#include "pages.h"
#include "util/text.h"

/* The session if it can be paid; else a page or redirect has been answered. */
static struct object *payable(struct call *c)
{
    struct object *session = objects_find(c, "checkout.session", c->ids[0]);
    if (session != NULL)
        checkout_sessions_expire_due(c, session);
    const char *status =
        session == NULL ? NULL : value_get_text(session->body, "status");
    if (text_is(status, "complete")) {
        pages_redirect(c, checkout_sessions_success_url(c, session));
        return NULL;
    }
    if (!text_is(status, "open")) {
        pages_problem(c, status == NULL ? 404 : 410, "This payment page has ended",
            "You have not been charged. Go back to the shop and start again.");
        c->keep = true; /* that it expired just now */
        return NULL;
    }
    return session;
}

static char *rows(struct call *c, const struct object *session)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    value_each(line, value_get(session->inner, "line_items.data"))
    {
        struct value *vars = value_object(c->a);
        const char *name = value_get_text(line, "description");
        int64_t quantity = value_get_int(line, "quantity", 1);
        value_put_text(c->a, vars, "name",
            quantity == 1 ? name
                          : arena_printf(c->a, "%lld x %s", (long long)quantity, name));
        value_put_text(c->a, vars, "amount",
            pages_money(c->a, value_get_int(line, "amount_total", 0),
                value_get_text(line, "currency")));
        buf_adds(&out, pages_fill(c, "checkout-row.html", vars));
    }
    char *html = arena_strndup(c->a, out.at, out.n);
    buf_free(&out);
    return html;
}

/* What the address field holds: what was typed, else what the session or its customer
 * has. */
static const char *email_of(struct call *c, const struct object *session)
{
    const char *typed = call_text(c, "email");
    const char *given = value_get_text(session->body, "customer_email");
    const struct object *customer =
        objects_find(c, "customer", value_get_text(session->body, "customer"));
    if (typed != NULL)
        return typed;
    return given != NULL || customer == NULL ? given
                                             : value_get_text(customer->body, "email");
}

static void show(struct call *c, const struct object *session, const char *wrong)
{
    static const char *const verbs[][2] = { { "book", "Book for" },
        { "donate", "Donate" } };
    struct value *vars = value_object(c->a);
    const char *verb = "Pay";
    const char *submit = value_get_text(session->body, "submit_type");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (text_is(verbs[i][0], submit))
            verb = verbs[i][1];
    value_put_text(c->a, vars, "total",
        pages_money(c->a, value_get_int(session->body, "amount_total", 0),
            value_get_text(session->body, "currency")));
    value_put_text(c->a, vars, "rows", rows(c, session));
    value_put_text(c->a, vars, "wrong", wrong);
    value_put_text(c->a, vars, "verb", verb);
    value_put_text(c->a, vars, "action", arena_printf(c->a, "/c/pay/%s", session->id));
    value_put_text(c->a, vars, "email", email_of(c, session));
    value_put_text(c->a, vars, "expiry", call_text(c, "expiry"));
    const char *cancel = value_get_text(session->body, "cancel_url");
    value_put_text(c->a, vars, "cancel_url",
        cancel != NULL ? cancel : checkout_sessions_success_url(c, session));
    pages_answer(c, wrong == NULL ? 200 : 422, "Pay", "checkout.html", vars);
}

void checkout_pages_show(struct call *c)
{
    struct object *session = payable(c);
    if (session == NULL)
        return;
    /* Back from a failed challenge: say so. */
    const struct object *pi =
        objects_find(c, "payment_intent", value_get_text(session->inner, "intent"));
    show(c, session,
        pi == NULL ? NULL : value_get_text(pi->body, "last_payment_error.message"));
    c->status = 200;
}

/* "12 / 34" or "12/2034" */
static void read_expiry(const char *s, struct card_input *out)
{
    int64_t parts[2] = { 0, 0 };
    size_t part = 0, digits = 0;
    for (; s != NULL && *s != '\0'; s++) {
        if (isdigit((unsigned char)*s) && digits < 4) {
            /* "1234": the month has two digits at most. */
            if (part == 0 && digits == 2) {
                part = 1;
                digits = 0;
            }
            parts[part] = parts[part] * 10 + (*s - '0');
            digits++;
        } else if (*s == '/') {
            part = 1;
            digits = 0;
        }
    }
    out->exp_month = parts[0];
    out->exp_year = parts[1];
}

static enum result pay(struct call *c, struct object *session, struct object **pi)
{
    const struct card *card;
    struct card_input input = {
        .number = call_text(c, "number"),
        .cvc = call_text(c, "cvc") == NULL ? "" : call_text(c, "cvc"),
    };
    read_expiry(call_text(c, "expiry"), &input);
    const char *email = call_text(c, "email");
    if (text_empty(email) || strchr(email, '@') == NULL)
        return call_invalid(c, "email_invalid", "email", "Write your e-mail address.");
    TRY(cards_check(c, &input, &card));
    value_put_text(c->a, session->inner, "email", email);
    objects_save(c, session);
    *pi = checkout_sessions_intent(c, session);
    struct object *pm = cards_payment_method(c, card, input.exp_month, input.exp_year);
    value_put_text(c->a, pm->body, "billing_details.email", email);
    objects_save(c, pm);
    const struct payment_return back = { .url = arena_printf(c->a, "%s/c/pay/%s",
                                             c->box->base, session->id) };
    TRY(payment_intents_pay(c, *pi, pm, &back));
    checkout_sessions_settle(c, *pi);
    return OK;
}

void checkout_pages_pay(struct call *c)
{
    struct object *session = payable(c), *pi = NULL;
    if (session == NULL)
        return;
    if (pay(c, session, &pi) != OK) {
        c->keep = c->status == 402 && pi != NULL;
        show(c, session, value_get_text(c->reply, "error.message"));
        return;
    }
    const char *challenge = value_get_text(pi->body, "next_action.redirect_to_url.url");
    pages_redirect(
        c, challenge != NULL ? challenge : checkout_sessions_success_url(c, session));
}

void checkout_pages_receipt(struct call *c)
{
    const struct object *charge = objects_find(c, "charge", c->ids[0]);
    if (charge == NULL || !value_get_bool(charge->body, "paid", false)) {
        pages_problem(c, 404, "No such receipt", "There is no payment of this number.");
        return;
    }
    struct value *vars = value_object(c->a);
    const struct value *card = value_get(charge->body, "payment_method_details.card");
    value_put_text(c->a, vars, "amount",
        pages_money(c->a, value_get_int(charge->body, "amount", 0),
            value_get_text(charge->body, "currency")));
    value_put_text(
        c->a, vars, "description", value_get_text(charge->body, "description"));
    value_put_text(c->a, vars, "brand", value_get_text(card, "brand"));
    value_put_text(c->a, vars, "last4", value_get_text(card, "last4"));
    value_put_text(c->a, vars, "id", charge->id);
    pages_answer(c, 200, "Receipt", "receipt.html", vars);
}
