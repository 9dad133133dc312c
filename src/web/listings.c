#include "web/listings.h"

#include "domain/audit.h"
#include "domain/catalogue.h"
#include "domain/listings.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "util/zone.h"
#include "web/listing_form.h"
#include "web/show.h"

enum { PER_PAGE = 20 };

/* Why an active kitchen cannot be booked, in a line. */
static const char *lacks(struct ctx *c, const struct listing_row *row)
{
    if (row->bookable || !text_is(row->state, "active"))
        return "";
    const char *papers = listings_papers_text(c, &row->needs);
    const char *stripe = row->needs.transfers ? "payouts at Stripe" : "";
    return arena_join(
        c->arena, papers, *papers != '\0' && *stripe != '\0' ? "; " : "", stripe, NULL);
}

enum result web_listings(struct ctx *c, struct web *w)
{
    struct listing_row *rows;
    size_t n;
    TRY(listings_mine(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "kitchens");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "title", rows[i].title);
        view_textf(item, "place", "%s, %s", rows[i].city, rows[i].region);
        view_text(item, "state", rows[i].state);
        view_text(item, "state_label", show_state(rows[i].state));
        view_text(item, "rate", cents_format(c->arena, rows[i].rate));
        view_bool(item, "bookable", rows[i].bookable);
        view_text(item, "reason", rows[i].reason);
        view_bool(item, "is_active", text_is(rows[i].state, "active"));
        view_text(item, "lacks", lacks(c, &rows[i]));
    }
    view_bool(w->view, "unverified", !c->actor.verified);
    view_text(w->view, "send_link_next", "/host/listings");
    return web_page(c, w, 200, "host/listings");
}

/* ---- new ---- */

static enum result show_new(
    struct ctx *c, struct web *w, const struct form *f, int status)
{
    listing_form_show(c, w, f);
    return web_page(c, w, status, "host/listing_new");
}

enum result web_listings_new(struct ctx *c, struct web *w)
{
    struct form f;
    if (!c->actor.verified) /* nobody writes what cannot be saved */
        return web_redirect(w, "/host/listings");
    listing_form_fresh(c, &f);
    return show_new(c, w, &f, 200);
}

/* The form had made another draft before: whoever sends what was typed once more means
 * it. */
static enum result show_used(struct ctx *c, struct web *w, struct form *f)
{
    web_used(c, f,
        "This form was saved as a draft before, and changed since. To change that "
        "draft, "
        "open it among your listings; to make a second one, save this.");
    return show_new(c, w, f, 422);
}

/* As many as one account may have: what was typed is not lost for it. */
static enum result show_full(struct ctx *c, struct web *w, struct form *f)
{
    web_refused(c, f, NULL, NULL);
    return show_new(c, w, f, 409);
}

enum result web_listings_create(struct ctx *c, struct web *w)
{
    struct form f;
    struct listing_input in;
    int64_t id;
    TRY(listing_form_read(c, w, &f, &in));
    if (!form_ok(&f))
        return show_new(c, w, &f, 422);
    enum result r = listings_create(c, &in, &id);
    if (r == R_INVALID && text_is(c->code, "PC-KEY-422"))
        return show_used(c, w, &f);
    if (r == R_CONFLICT)
        return show_full(c, w, &f);
    TRY(r);
    web_flash(
        c, w, "ok", "Saved as a draft. Add opening hours, photos and papers next.");
    return web_redirect(w, ctx_printf(c, "/host/listings/%lld/edit", (long long)id));
}

/* ---- edit ---- */

static void need(struct view *list, const char *text, const char *url)
{
    struct view *item = view_item(list);
    view_text(item, "text", text);
    view_text(item, "url", url);
}

static enum result show_needs(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct listing_needs needs;
    TRY(listings_needs(c, k, &needs));
    const char *base = ctx_printf(c, "/host/listings/%lld", (long long)k->id);
    struct view *list = view_list(w->view, "needs");
    for (size_t i = 0; i < needs.papers_n; i++)
        need(list,
            ctx_printf(c, "%s: it has to be here, approved and in date",
                catalogue_label(CATALOGUE_DOCUMENTS, needs.papers[i])),
            ctx_printf(c, "%s/documents", base));
    if (needs.transfers)
        need(list, "Stripe: set up how you are paid", "/host/earnings");
    if (needs.windows)
        need(list, "Opening hours: say when it can be booked",
            ctx_printf(c, "%s/availability", base));
    if (needs.photos)
        need(list, "Photos: kitchens with photos are booked more",
            ctx_printf(c, "%s/photos", base));
    if (text_is(k->state, "draft") || text_is(k->state, "changes_requested"))
        need(list, "Approval: send it to us when it is ready", "#approval");
    return OK;
}

static enum result show_spaces(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct space *spaces;
    size_t n;
    TRY(kitchens_spaces(c, k, &spaces, &n));
    struct view *list = view_list(w->view, "spaces");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "space_id", spaces[i].id);
        view_text(item, "space_name", spaces[i].name);
        view_text(item, "space_rate", cents_format(c->arena, spaces[i].rate));
        view_bool(item, "is_whole", spaces[i].whole);
        view_bool(item, "is_open", spaces[i].active);
    }
    return OK;
}

static const struct field station_fields[] = {
    { "name", FIELD_TEXT, "Name", .required = true, .max = 60 },
    { "rate", FIELD_MONEY, "Hourly rate", .min = 0, .max = 100000 },
    { "capacity", FIELD_INT, "People at once", .required = true, .min = 1,
        .max = 1000 },
};

/* The form of a new station, whose names the listing's form has, too: its keys and ids
 * begin with "station". */
static void show_station(struct ctx *c, struct web *w, const struct form *f)
{
    size_t n;
    for (size_t i = 0; i < COUNT_OF(station_fields); i++) {
        const char *name = station_fields[i].name;
        struct view *v = view_object(w->view, ctx_printf(c, "station_%s", name));
        view_text(v, "value", form_raw(f, name));
        view_text(v, "error", form_error(f, name));
    }
    const struct form_error *errors = form_errors(f, &n);
    if (n == 0)
        return;
    view_bool(w->view, "has_errors", true);
    struct view *list = view_list(w->view, "errors");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        bool whole = errors[i].name == NULL;
        view_text(
            item, "id", whole ? "spaces" : ctx_printf(c, "station-%s", errors[i].name));
        view_textf(item, "text", "%s: %s", whole ? "Spaces" : errors[i].label,
            errors[i].sentence);
    }
}

static void fresh_station(struct ctx *c, struct form *f)
{
    form_fresh(c->arena, station_fields, COUNT_OF(station_fields), f);
    form_fill(f, "capacity", "1");
}

static enum result show_page(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, const struct form *station, int status)
{
    listing_form_show(c, w, f);
    show_station(c, w, station);
    TRY(show_needs(c, w, k));
    TRY(show_spaces(c, w, k));
    TRY(show_decisions(c, w->view, k, audit_decisions));
    view_int(w->view, "id", k->id);
    view_text(w->view, "listing_title", k->title);
    view_text(w->view, "slug", k->slug);
    view_text(w->view, "state", k->state);
    view_text(w->view, "state_label", show_state(k->state));
    view_text(w->view, "reason", k->reason);
    view_bool(w->view, "bookable", k->bookable);
    view_bool(w->view, "is_active", text_is(k->state, "active"));
    view_bool(w->view, "can_submit",
        text_is(k->state, "draft") || text_is(k->state, "changes_requested"));
    return web_page(c, w, status, "host/listing_edit");
}

static enum result show_edit(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, int status)
{
    struct form station;
    fresh_station(c, &station);
    return show_page(c, w, k, f, &station, status);
}

/* The listing as it is, with this form of a station. */
static enum result show_saved(
    struct ctx *c, struct web *w, const struct form *station, int status)
{
    struct kitchen k;
    struct equipment *equipment;
    size_t n;
    struct form f;
    TRY(kitchens_own(c, web_id(w), &k));
    TRY(kitchens_equipment(c, k.id, &equipment, &n));
    listing_form_of(c, &k, equipment, n, &f);
    return show_page(c, w, &k, &f, station, status);
}

enum result web_listings_edit(struct ctx *c, struct web *w)
{
    struct form station;
    fresh_station(c, &station);
    return show_saved(c, w, &station, 200);
}

/* Somebody saved in between: all that was typed is there, and saving it again puts it
 * over what is stored now. */
static enum result show_stale(
    struct ctx *c, struct web *w, const struct kitchen *k, struct form *f)
{
    web_refused(c, f, NULL, NULL);
    form_fill(f, "version", ctx_printf(c, "%lld", (long long)k->version));
    return show_edit(c, w, k, f, 409);
}

enum result web_listings_save(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    struct listing_input in;
    bool moved;
    TRY(kitchens_own(c, web_id(w), &k));
    TRY(listing_form_read(c, w, &f, &in));
    if (!form_ok(&f))
        return show_edit(c, w, &k, &f, 422);
    enum result r = listings_save(c, k.id, form_int(&f, "version"), &in, &moved);
    if (r == R_CONFLICT)
        return show_stale(c, w, &k, &f);
    TRY(r);
    web_flash(c, w, "ok",
        moved ? "Saved. It stands somewhere else now, so we look at it again before it "
                "can be booked."
              : "Saved.");
    return web_redirect(w, ctx_printf(c, "/host/listings/%lld/edit", (long long)k.id));
}

enum result web_listings_submit(struct ctx *c, struct web *w)
{
    TRY(listings_act(c, web_id(w), LISTING_SUBMIT, ""));
    web_flash(
        c, w, "ok", "Sent. We look at it within two working days and write to you.");
    return web_redirect(
        w, ctx_printf(c, "/host/listings/%lld/edit", (long long)web_id(w)));
}

/* ---- stations ---- */

static const struct field set_fields[] = {
    { "space_id", FIELD_ID, "Station", .required = true },
    { "active", FIELD_CHECKBOX, "Open" },
};

static enum result back_to_spaces(struct ctx *c, struct web *w)
{
    return web_redirect(
        w, ctx_printf(c, "/host/listings/%lld/edit#spaces", (long long)web_id(w)));
}

enum result web_listings_station_add(struct ctx *c, struct web *w)
{
    struct form f;
    web_form(c, w, station_fields, COUNT_OF(station_fields), &f);
    if (!form_ok(&f))
        return show_saved(c, w, &f, 422);
    enum result r = listings_add_station(c, web_id(w), form_text(&f, "name"),
        form_money(&f, "rate"), form_int(&f, "capacity"));
    if (r == R_CONFLICT) {
        web_refused(c, &f, "name", NULL);
        return show_saved(c, w, &f, 409);
    }
    TRY(r);
    web_flash(c, w, "ok", "The station is added.");
    return back_to_spaces(c, w);
}

enum result web_listings_station_set(struct ctx *c, struct web *w)
{
    struct form f, station;
    web_form(c, w, set_fields, COUNT_OF(set_fields), &f);
    if (!form_ok(&f)) {
        fresh_station(c, &station);
        form_take_errors(&station, &f);
        return show_saved(c, w, &station, 422);
    }
    TRY(listings_set_station(
        c, web_id(w), form_int(&f, "space_id"), form_bool(&f, "active")));
    return back_to_spaces(c, w);
}
