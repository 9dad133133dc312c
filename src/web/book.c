/* The post that holds a slot, and what is free instead when it is gone. Whatever page
 * is made of a refusal is made without the write lock: others are waiting for it. */
#include <string.h>

#include "domain/availability.h"
#include "domain/pricing.h"
#include "util/guard.h"
#include "web/bookings.h"
#include "web/kitchens.h"
#include "web/times.h"

static const struct field fields[] = {
    TIMES_FIELDS(true),
    { "space_id", FIELD_ID, "Space" },
    { "guest_count", FIELD_INT, "People working", .min = 1, .max = 500 },
    { "purpose", FIELD_TEXT, "What you will make", .max = PURPOSE_MAX },
    { "special_requests", FIELD_LINES, "Anything the host should know",
        .max = SPECIAL_REQUESTS_MAX },
    FIELD_IDEMPOTENCY,
};

/* Back to the kitchen's page with everything that was typed, or another time. */
static const char *kitchen_url(struct ctx *c, const struct kitchen *k,
    const struct form *f, const struct zone *z, int64_t start_at, int64_t end_at)
{
    return ctx_printf(c,
        "/listings/"
        "%lld-%s?%s&space_id=%s&guest_count=%s&purpose=%s"
        "&special_requests=%s#book",
        (long long)k->id, k->slug, times_query(c->arena, z, start_at, end_at),
        text_url(c->arena, form_raw(f, "space_id")),
        text_url(c->arena, form_raw(f, "guest_count")),
        text_url(c->arena, form_raw(f, "purpose")),
        text_url(c->arena, form_raw(f, "special_requests")));
}

/* The error page's list of what is free instead. */
static enum result show_instead(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, const struct zone *z, int64_t start_at, int64_t end_at)
{
    struct space space;
    struct quote quote;
    int64_t starts[ALTERNATIVES_MAX];
    size_t n;
    TRY(kitchens_space(c, k, form_int(f, "space_id"), &space));
    TRY(availability_alternatives(c, k, &space, start_at, end_at, starts, &n));
    struct view *list = view_list(w->view, "options");
    view_text(w->view, "options_title", "Free instead");
    view_bool(w->view, "has_options", n > 0);
    for (size_t i = 0; i < n; i++) {
        int64_t until_at = starts[i] + end_at - start_at;
        TRY(pricing_quote(c, k, &space, starts[i], until_at, &quote));
        struct view *item = view_item(list);
        view_text(item, "label", times_label(c->arena, z, starts[i], until_at));
        view_textf(item, "note", "%s all in", cents_format(c->arena, quote.total));
        view_text(item, "url", kitchen_url(c, k, f, z, starts[i], until_at));
    }
    return OK;
}

static enum result taken(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, const struct zone *z, int64_t start_at, int64_t end_at)
{
    const char *code = c->code, *message = c->message;
    if (!text_is(code, "PC-AVAIL-409"))
        return R_CONFLICT;
    db_rollback(c->db);
    if (show_instead(c, w, k, f, z, start_at, end_at) != OK) {
        view_list(w->view, "options");
        view_text(w->view, "options_title", "");
        view_bool(w->view, "has_options", false);
    }
    return fail_code(c, R_CONFLICT, code, "%s", message);
}

/* The kitchen's page again, with what the domain said beside the field. */
static enum result wrong(
    struct ctx *c, struct web *w, const struct kitchen *k, const struct form *f)
{
    const char *sentence = c->message;
    db_rollback(c->db);
    fail_clear(c);
    return kitchens_show_again(c, w, k, f, sentence);
}

/* What makes two posts the same: all fields but the key, and not the CSRF token. */
static struct span body_of(struct ctx *c, const struct form *f)
{
    const char *body = "";
    for (size_t i = 0; i < f->n; i++)
        if (!text_is(f->fields[i].name, "idempotency_key"))
            body = ctx_printf(c, "%s%s=%s&", body, f->fields[i].name,
                text_url(c->arena, form_raw(f, f->fields[i].name)));
    return (struct span) { body, strlen(body) };
}

enum result web_book_post(struct ctx *c, struct web *w)
{
    struct form f;
    struct kitchen k;
    struct hold_answer answer;
    struct hold_request h = { .kitchen_id = web_id(w) };
    web_form(c, w, fields, COUNT_OF(fields), &f);
    TRY(kitchens_get(c, h.kitchen_id, &k));
    const struct zone *z = zone_find(k.timezone);
    if (z == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown.");
    if (!form_ok(&f) || !times_of_form(&f, z, &h.start_at, &h.end_at))
        return wrong(c, w, &k, &f);
    h.body = body_of(c, &f);
    h.space_id = form_int(&f, "space_id");
    h.guest_count = form_has(&f, "guest_count") ? form_int(&f, "guest_count") : 1;
    h.purpose = form_text(&f, "purpose");
    h.special_requests = form_text(&f, "special_requests");
    h.idempotency_key = form_text(&f, "idempotency_key");
    enum result r = bookings_hold(c, &h, &answer);
    if (r == R_CONFLICT)
        return taken(c, w, &k, &f, z, h.start_at, h.end_at);
    if (r == R_INVALID)
        return wrong(c, w, &k, &f);
    TRY(r);
    return web_redirect(w, answer.location);
}
