#include "checkout_sessions.h"

#include <inttypes.h>
#include <string.h>

#include "events.h"
#include "util/text.h"

enum { LIFE_MIN_S = 30 * 60, LIFE_MAX_S = 24 * 3600, AMOUNT_MIN_CENTS = 50 };
enum { AMOUNT_MAX_CENTS = 99999999, QUANTITY_MAX = 999999 };

/* ---- what is asked for ---- */

static enum result check_line(
    struct call *c, const struct value *item, size_t at, const char *currency)
{
    if (value_has(item, "price"))
        return call_invalid(c, "resource_missing",
            arena_printf(c->a, "line_items[%zu][price]", at), "No such price: '%s'",
            value_get_text(item, "price"));
    if (!value_has(item, "price_data.unit_amount") ||
        !value_has(item, "price_data.product_data.name"))
        return call_invalid(c, "parameter_missing",
            arena_printf(c->a, "line_items[%zu][price_data]", at),
            "The sandbox needs price_data with unit_amount and product_data[name].");
    if (!text_is(value_get_text(item, "price_data.currency"), currency))
        return call_invalid(c, NULL, "line_items",
            "All line items must have the same currency, in lower case.");
    int64_t quantity = value_get_int(item, "quantity", 0);
    int64_t price = value_get_int(item, "price_data.unit_amount", -1);
    if (quantity < 1 || quantity > QUANTITY_MAX || price < 0 ||
        price > AMOUNT_MAX_CENTS)
        return call_invalid(c, "parameter_invalid_integer",
            arena_printf(c->a, "line_items[%zu][quantity]", at),
            "Quantities go from 1, amounts from 0.");
    return OK;
}

/* A line as it is answered. */
static struct value *make_line(struct call *c, const struct value *item)
{
    struct value *line = value_object(c->a);
    int64_t quantity = value_get_int(item, "quantity", 0);
    int64_t price = value_get_int(item, "price_data.unit_amount", 0);
    value_put_text(c->a, line, "id", call_new_id(c->a, "li_"));
    value_put_text(c->a, line, "object", "item");
    value_put_int(c->a, line, "amount_discount", 0);
    value_put_int(c->a, line, "amount_subtotal", quantity * price);
    value_put_int(c->a, line, "amount_tax", 0);
    value_put_int(c->a, line, "amount_total", quantity * price);
    value_put_text(c->a, line, "currency", value_get_text(item, "price_data.currency"));
    value_put_text(c->a, line, "description",
        value_get_text(item, "price_data.product_data.name"));
    value_put_int(c->a, line, "quantity", quantity);
    return line;
}

static enum result take_lines(struct call *c, struct object *o)
{
    const struct value *items = value_member(c->params, "line_items");
    if (items == NULL || items->count == 0)
        return call_invalid(c, "parameter_missing", "line_items",
            "Missing required param: line_items.");
    const char *currency = value_get_text(items, "[0].price_data.currency");
    struct value *lines = value_array(c->a);
    int64_t total = 0;
    size_t at = 0;
    value_each(item, items)
    {
        TRY(check_line(c, item, at++, currency));
        struct value *line = make_line(c, item);
        total += value_get_int(line, "amount_total", 0);
        value_append(lines, line);
    }
    if (total < AMOUNT_MIN_CENTS || total > AMOUNT_MAX_CENTS)
        return call_invalid(c,
            total < AMOUNT_MIN_CENTS ? "amount_too_small" : "amount_too_large", NULL,
            "The Checkout Session's total amount must be from $0.50 to $999,999.99.");
    struct value *list = value_object(c->a);
    value_put_text(c->a, list, "object", "list");
    value_set(c->a, list, "data", lines);
    value_put_bool(c->a, list, "has_more", false);
    value_put_text(c->a, list, "url",
        arena_printf(c->a, "/v1/checkout/sessions/%s/line_items", o->id));
    value_set(c->a, o->inner, "line_items", list);
    value_put_int(c->a, o->body, "amount_subtotal", total);
    value_put_int(c->a, o->body, "amount_total", total);
    value_put_text(c->a, o->body, "currency", currency);
    return OK;
}

static enum result take_mode(struct call *c)
{
    const char *mode = call_text(c, "mode"), *ui = call_text(c, "ui_mode");
    if (mode == NULL)
        return call_invalid(
            c, "parameter_missing", "mode", "Missing required param: mode.");
    if (!text_is(mode, "payment"))
        return call_invalid(c, NULL, "mode", "The sandbox knows mode=payment only.");
    if (ui != NULL && !text_is(ui, "hosted_page"))
        return call_invalid(c, NULL, "ui_mode", "The sandbox knows hosted_page only.");
    return OK;
}

static enum result take_urls(struct call *c)
{
    static const char *const names[] = { "success_url", "cancel_url" };
    for (size_t i = 0; i < 2; i++) {
        const char *url = call_text(c, names[i]);
        if (url == NULL && i == 0)
            return call_invalid(c, "parameter_missing", "success_url",
                "Missing required param: success_url.");
        if (url != NULL && !text_starts(url, "http://") &&
            !text_starts(url, "https://"))
            return call_invalid(c, "url_invalid", names[i],
                "Not a valid URL: an explicit scheme (such as https) must be "
                "provided.");
    }
    return OK;
}

static enum result take_expiry(struct call *c, struct object *o)
{
    int64_t at = value_get_int(c->params, "expires_at", o->created_at + LIFE_MAX_S);
    int64_t ahead_s = at - o->created_at;
    if (ahead_s < LIFE_MIN_S)
        return call_invalid(c, NULL, "expires_at",
            "The expires_at timestamp must be at least 30 minutes from Checkout "
            "Session "
            "creation.");
    if (ahead_s > LIFE_MAX_S)
        return call_invalid(c, NULL, "expires_at",
            "The expires_at timestamp must be less than 24 hours from Checkout Session "
            "creation.");
    value_put_int(c->a, o->body, "expires_at", at);
    return OK;
}

static enum result take_customer(struct call *c, struct object *o)
{
    struct object *customer;
    const char *id = call_text(c, "customer"), *email = call_text(c, "customer_email");
    if (id != NULL && email != NULL)
        return call_invalid(c, "parameters_exclusive", "customer_email",
            "You may only specify one of these parameters: customer, customer_email.");
    if (id != NULL)
        TRY(objects_require(c, "customer", id, "customer", &customer));
    if (email != NULL && strchr(email, '@') == NULL)
        return call_invalid(
            c, "email_invalid", "customer_email", "Invalid email address: %s", email);
    if (id != NULL)
        value_put(c->a, o->body, "customer_creation", value_null(c->a));
    return OK;
}

enum result checkout_sessions_create(struct call *c)
{
    static const char *const names[] = { "success_url", "cancel_url", "customer",
        "customer_email", "client_reference_id", "submit_type", "locale",
        "allowed_payment_method_types", "billing_address_collection", NULL };
    struct object *o = objects_new(c, "checkout.session", "cs_test_");
    TRY(take_mode(c));
    TRY(take_lines(c, o));
    TRY(take_urls(c));
    TRY(take_expiry(c, o));
    TRY(take_customer(c, o));
    TRY(objects_take_metadata(c, o));
    objects_take(c, o, names);
    const struct value *data = value_member(c->params, "payment_intent_data");
    if (data != NULL)
        value_set(c->a, o->inner, "payment_intent_data", value_clone(c->a, data));
    value_put_text(
        c->a, o->body, "url", arena_printf(c->a, "%s/c/pay/%s", c->box->base, o->id));
    objects_save(c, o);
    return objects_answer(c, o);
}

enum result checkout_sessions_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "status", "status" },
        { "payment_intent", "payment_intent" }, { "customer", "customer" },
        { NULL, NULL } };
    return objects_list(c, "checkout.session", filters);
}

/* ---- paying ---- */

struct object *checkout_sessions_intent(struct call *c, struct object *session)
{
    static const char *const names[] = { "description", "receipt_email",
        "statement_descriptor_suffix", "transfer_group", "metadata" };
    struct object *pi =
        objects_find(c, "payment_intent", value_get_text(session->inner, "intent"));
    if (pi != NULL)
        return pi;
    pi = payment_intents_new(c, value_get_int(session->body, "amount_total", 0),
        value_get_text(session->body, "currency"));
    const struct value *data = value_member(session->inner, "payment_intent_data");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct value *v = value_member(data, names[i]);
        if (v != NULL)
            value_set(c->a, pi->body, names[i], value_clone(c->a, v));
    }
    value_put_text(
        c->a, pi->body, "customer", value_get_text(session->body, "customer"));
    value_put_text(c->a, pi->inner, "session", session->id);
    value_put_text(c->a, session->inner, "intent", pi->id);
    objects_save(c, pi);
    objects_save(c, session);
    events_emit(c, "payment_intent.created", pi, NULL, c->account);
    return pi;
}

void checkout_sessions_settle(struct call *c, const struct object *pi)
{
    struct object *session =
        objects_find(c, "checkout.session", value_get_text(pi->inner, "session"));
    if (session == NULL || !text_is(value_get_text(pi->body, "status"), "succeeded") ||
        !text_is(value_get_text(session->body, "status"), "open"))
        return;
    static const char *const unknown[] = { "address", "business_name",
        "individual_name", "name", "phone" };
    struct value *details = value_object(c->a);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        value_put(c->a, details, unknown[i], value_null(c->a));
    value_put_text(c->a, details, "email", value_get_text(session->inner, "email"));
    value_put_text(c->a, details, "tax_exempt", "none");
    value_set(c->a, session->body, "customer_details", details);
    value_put_text(c->a, session->body, "payment_intent", pi->id);
    value_put_text(c->a, session->body, "payment_status", "paid");
    value_put_text(c->a, session->body, "status", "complete");
    value_put(c->a, session->body, "url", value_null(c->a));
    objects_save(c, session);
    events_emit(c, "checkout.session.completed", session, NULL, c->account);
}

const char *checkout_sessions_success_url(struct call *c, const struct object *session)
{
    static const char place[] = "{CHECKOUT_SESSION_ID}";
    const char *url = value_get_text(session->body, "success_url");
    const char *at = strstr(url, place);
    if (at == NULL)
        return url;
    return arena_printf(
        c->a, "%.*s%s%s", (int)(at - url), url, session->id, at + strlen(place));
}

/* ---- expiring ---- */

static void expire(struct call *c, struct object *session)
{
    struct object *pi =
        objects_find(c, "payment_intent", value_get_text(session->inner, "intent"));
    const char *status = pi == NULL ? "canceled" : value_get_text(pi->body, "status");
    if (!text_is(status, "succeeded") && !text_is(status, "canceled"))
        payment_intents_end(c, pi, "automatic");
    value_put_text(c->a, session->body, "status", "expired");
    value_put(c->a, session->body, "url", value_null(c->a));
    objects_save(c, session);
    events_emit(c, "checkout.session.expired", session, NULL, c->account);
}

enum result checkout_sessions_expire(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "checkout.session", c->ids[0], "session", &o));
    checkout_sessions_expire_due(c, o);
    const char *status = value_get_text(o->body, "status");
    if (!text_is(status, "open"))
        return call_invalid(c, NULL, NULL,
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This "
            "Checkout Session has a status of %s.",
            status);
    expire(c, o);
    return objects_answer(c, o);
}

void checkout_sessions_expire_due(struct call *c, struct object *session)
{
    if (text_is(value_get_text(session->body, "status"), "open") &&
        value_get_int(session->body, "expires_at", INT64_MAX) <= sandbox_now(c->box))
        expire(c, session);
}

enum result checkout_sessions_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "checkout.session", c->ids[0], "session", &o));
    checkout_sessions_expire_due(c, o);
    return objects_answer(c, o);
}

static bool expire_if_due(struct call *c, struct object *o, void *arg)
{
    (void)arg;
    checkout_sessions_expire_due(c, o);
    return true;
}

void checkout_sessions_tick(struct call *c)
{
    objects_each(c, "checkout.session", "status", "open", expire_if_due, NULL);
}
