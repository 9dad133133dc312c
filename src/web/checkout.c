#include "web/checkout.h"

#include "domain/checkout.h"
#include "util/json.h"
#include "web/bookings.h"
#include "web/errors.h"

/* ---- pages ------------------------------------------------------------------------
 */

static bool is_paid(const struct booking *b)
{
    return b->confirmed_at != 0;
}

static bool is_over(const struct ctx *c, const struct booking *b)
{
    return b->state != BOOKING_HELD || b->hold_until <= c->now_at;
}

static void show(struct ctx *c, struct web *w, const struct checkout *k)
{
    const struct booking *b = &k->booking;
    bookings_show(c, w->view, b);
    bookings_show_lines(c, w->view, b);
    view_textf(w->view, "checkout_url", "/checkout/%lld", (long long)b->id);
    view_textf(w->view, "return_url", "%s/checkout/%lld/return", c->conf->base_url,
        (long long)b->id);
    view_text(w->view, "stripe_js_url", c->conf->stripe_js_url);
    view_text(w->view, "payment_error", k->has_payment ? k->payment.error : "");
    view_bool(w->view, "is_over", is_over(c, b));
}

enum result web_checkout(struct ctx *c, struct web *w)
{
    struct checkout k;
    TRY(checkout_get(c, web_id(w), &k));
    if (is_paid(&k.booking) || k.booking.state == BOOKING_REQUESTED)
        return web_redirect(
            w, ctx_printf(c, "/bookings/%lld", (long long)k.booking.id));
    bool over = is_over(c, &k.booking);
    show(c, w, &k);
    TRY(bookings_show_ladder(c, w->view, &k.booking, !over));
    return web_page(c, w, over ? 410 : 200, "checkout/show");
}

/* To the booking that is paid; who just paid is told so. */
static enum result go_to_paid(struct ctx *c, struct web *w, const struct booking *b)
{
    enum { JUST_S = 600 };
    if (c->now_at - b->confirmed_at < JUST_S)
        web_flash(c, w, "ok", "Paid and booked. A mail with everything is on its way.");
    return web_redirect(w, ctx_printf(c, "/bookings/%lld", (long long)b->id));
}

/* Neither a hold to pay for nor money under way. */
static bool has_ended(const struct ctx *c, const struct checkout *k)
{
    return is_over(c, &k->booking) &&
           (!k->has_payment || text_is(k->payment.state, "canceled"));
}

/* Where Stripe sends the browser back to. The address proves nothing and the page
 * changes nothing: its form asks Stripe, the script sends that form at once, and
 * without script the page looks again by itself for what the webhook brought. */
enum result web_checkout_return(struct ctx *c, struct web *w)
{
    struct checkout k;
    TRY(checkout_get(c, web_id(w), &k));
    if (is_paid(&k.booking))
        return go_to_paid(c, w, &k.booking);
    if (has_ended(c, &k))
        return web_redirect(
            w, ctx_printf(c, "/checkout/%lld", (long long)k.booking.id));
    bool late = k.has_payment && (text_is(k.payment.state, "late") ||
                                     text_is(k.payment.state, "refunded"));
    show(c, w, &k);
    view_bool(w->view, "is_late", late);
    return web_page(c, w, 200, "checkout/return");
}

/* ---- acts -------------------------------------------------------------------------
 */

/* The script's answers are JSON, errors too. */
static enum result json_answer(
    struct ctx *c, struct web *w, int status, const char *const (*pairs)[2], size_t n)
{
    w->res->status = status;
    response_header(w->res, "Content-Type", "application/json");
    struct json_writer *j = json_begin(c->arena, &w->res->body);
    json_open_object(j);
    for (size_t i = 0; i < n; i++)
        json_key_text(j, pairs[i][0], pairs[i][1]);
    json_close_object(j);
    return json_end(j) ? OK : R_FAULT;
}

enum result web_checkout_intent(struct ctx *c, struct web *w)
{
    const char *secret;
    enum result r = checkout_intent(c, web_id(w), &secret);
    if (r == OK) {
        const char *const answer[][2] = {
            { "client_secret", secret },
            { "publishable_key", c->conf->stripe_publishable_key },
        };
        return json_answer(c, w, 200, answer, 2);
    }
    const char *const error[][2] = {
        { "error", c->message != NULL
                       ? c->message
                       : "Something went wrong on our side. Try again." },
        { "result", result_name(r) },
    };
    if (c->retry_after_s > 0)
        response_header_int(w->res, "Retry-After", c->retry_after_s);
    return json_answer(c, w, errors_status(r), error, 2);
}

enum result web_checkout_hosted(struct ctx *c, struct web *w)
{
    const char *url;
    TRY(checkout_hosted(c, web_id(w), &url));
    return web_redirect_away(w, url);
}

enum result web_checkout_check(struct ctx *c, struct web *w)
{
    struct checkout k;
    int64_t id = web_id(w);
    enum result r = checkout_check(c, id);
    if (r == R_UPSTREAM || r == R_BUSY) {
        fail_clear(
            c); /* the page says that it is being looked into, and that is true */
        return web_redirect(w, ctx_printf(c, "/checkout/%lld/return", (long long)id));
    }
    TRY(r);
    TRY(checkout_get(c, id, &k));
    bool declined = k.has_payment && text_is(k.payment.state, "pending") &&
                    *k.payment.error != '\0' && !is_over(c, &k.booking);
    if (is_paid(&k.booking))
        return go_to_paid(c, w, &k.booking);
    return web_redirect(
        w, ctx_printf(c, declined ? "/checkout/%lld" : "/checkout/%lld/return",
               (long long)id));
}

enum result web_checkout_leave(struct ctx *c, struct web *w)
{
    TRY(checkout_leave(c, web_id(w)));
    web_flash(c, w, "ok", "The time is free again. Nothing was charged.");
    return web_redirect(w, "/bookings");
}
