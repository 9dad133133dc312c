#include "web/kitchens.h"

#include "domain/availability.h"
#include "domain/catalogue.h"
#include "domain/photos.h"
#include "domain/reviews.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/cards.h"
#include "web/kitchen_visit.h"
#include "web/markdown.h"
#include "web/show.h"

enum { REVIEWS_SHOWN = 10 };

/* ---- the head, and what it is like ---- */

static const char *first_letter(struct ctx *c, const char *name)
{
    size_t n = 1;
    while (*name != '\0' && ((unsigned char)name[n] & 0xc0) == 0x80)
        n++;
    return arena_strndup(c->arena, name, *name == '\0' ? 0 : n);
}

static void show_head(struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    const struct kitchen *k = &v->k;
    struct view *page = w->view;
    const char *place = ctx_printf(c, "%s, %s", k->city, k->region);
    const char *type = catalogue_label(CATALOGUE_KITCHEN_TYPES, k->kitchen_type);
    const char *price = cents_format(c->arena, v->space.rate);
    view_int(page, "id", k->id);
    view_text(page, "url", v->path);
    view_text(page, "title", k->title);
    view_text(page, "kitchen_type", type);
    view_text(page, "city", k->city);
    view_text(page, "state", k->region);
    view_text(page, "price", price);
    view_textf(
        page, "summary", "%s in %s by the hour, from %s an hour.", type, place, price);
    view_bool(page, "is_instant", k->instant_book);
    cards_rating(c, page, k->rating_sum, k->rating_count);
    view_bool(page, "bookable", k->bookable);
    view_text(page, "here", k->title);
    view_text(page, "host_name", k->host_name);
    view_text(page, "host_initial", first_letter(c, k->host_name));
    struct civil since = civil_of_seconds(k->host_since_at);
    view_textf(page, "host_since", "%s %d", civil_month_name(since.month), since.year);
}

/* The way back to the search round it. */
static enum result show_way_back(struct ctx *c, struct web *w, const struct kitchen *k)
{
    const char *url;
    TRY(cards_search(c, k->city, k->region, k->lat, k->lng, &url));
    struct view *crumb = view_item(view_list(w->view, "crumbs"));
    view_text(crumb, "url", url);
    view_textf(crumb, "label", "%s, %s", k->city, k->region);
    view_text(w->view, "nearby_url", url);
    return OK;
}

static void fact(struct view *list, const char *label, const char *value)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "value", value);
}

static const char *hours_of(struct ctx *c, int64_t minutes)
{
    return ctx_printf(c, "%g h", (double)minutes / 60);
}

static const char *clock_of(struct ctx *c, int64_t minute)
{
    return ctx_printf(c, "%02d:%02d", (int)(minute / 60 % 24), (int)(minute % 60));
}

static void show_facts(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct view *list = view_list(w->view, "facts");
    if (k->offpeak_rate.n > 0)
        fact(list, "Off-peak",
            ctx_printf(c, "%s an hour, %s to %s",
                cents_format(c->arena, k->offpeak_rate),
                clock_of(c, k->offpeak_start_min), clock_of(c, k->offpeak_end_min)));
    fact(list, "Cleaning",
        k->cleaning.n > 0 ? cents_format(c->arena, k->cleaning) : "included");
    fact(list, "Booked for",
        ctx_printf(c, "%s to %s", hours_of(c, k->min_min), hours_of(c, k->max_min)));
    fact(list, "Notice", k->notice_min == 0 ? "none" : hours_of(c, k->notice_min));
    fact(list, "Room for", ctx_printf(c, "%lld people", (long long)k->capacity));
    if (k->square_feet > 0)
        fact(list, "Size", ctx_printf(c, "%lld sq ft", (long long)k->square_feet));
    if (k->deposit.n > 0)
        fact(list, "Deposit",
            ctx_printf(c, "%s, only for damage", cents_format(c->arena, k->deposit)));
}

static void show_rules(struct ctx *c, struct web *w, const struct kitchen *k)
{
    static const struct {
        const char *policy, *text;
    } policies[] = {
        { "flexible", "Everything back until 24 hours before the start, half of it "
                      "until the start." },
        { "moderate", "Everything back until 7 days before the start, half of it until "
                      "24 hours before." },
        { "strict",
            "Half of it back until 7 days before the start, nothing after that." },
    };
    view_text(w->view, "policy", catalogue_label(CATALOGUE_POLICIES, k->policy));
    for (size_t i = 0; i < COUNT_OF(policies); i++)
        if (text_is(policies[i].policy, k->policy))
            view_textf(w->view, "policy_text",
                "%s Everything back within 24 hours of booking if the start is 48 "
                "hours away.",
                policies[i].text);
    view_text(w->view, "restrictions", k->restrictions);
    view_text(w->view, "accessibility", k->accessibility);
    view_text(w->view, "certifications", k->certifications);
    view_safe(w->view, "description_html", markdown_html(c->arena, k->description));
}

/* ---- lists of its own ---- */

static enum result show_photos(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct photo *photos;
    size_t n;
    TRY(photos_of(c, k->id, &photos, &n));
    view_bool(w->view, "has_photos", n > 0);
    view_text(w->view, "drawing", cards_photo(c, NULL, k->id, 800));
    struct view *list = view_list(w->view, "photos");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "small_url", cards_photo(c, photos[i].hash, k->id, 320));
        view_text(item, "url", cards_photo(c, photos[i].hash, k->id, 800));
        view_text(item, "large_url", cards_photo(c, photos[i].hash, k->id, 1600));
        view_text(item, "alt", photos[i].alt);
        view_int(item, "number", (int64_t)i + 1);
        view_bool(item, "is_first", i == 0);
    }
    return OK;
}

static enum result show_equipment(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct equipment *rows;
    size_t n, items_n;
    TRY(kitchens_equipment(c, k->id, &rows, &n));
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &items_n);
    struct view *list = view_list(w->view, "equipment");
    view_bool(w->view, "has_equipment", n > 0 || k->feature_mask != 0);
    for (size_t i = 0; i < n; i++) {
        if ((size_t)rows[i].item >= items_n)
            continue;
        struct view *item = view_item(list);
        view_text(item, "name", items[rows[i].item].label);
        view_text(item, "quantity",
            rows[i].quantity > 1 ? ctx_printf(c, "× %lld", (long long)rows[i].quantity)
                                 : "");
    }
    items = catalogue_list(CATALOGUE_FEATURES, &items_n);
    list = view_list(w->view, "features");
    for (size_t i = 0; i < items_n; i++)
        if ((k->feature_mask >> i & 1) != 0)
            view_text(view_item(list), "name", items[i].label);
    return OK;
}

static enum result show_week(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct weekly_window *windows;
    size_t n;
    TRY(availability_week(c, k->id, &windows, &n));
    struct view *list = view_list(w->view, "week");
    for (int day = 0; day < 7; day++) {
        const char *hours = "";
        for (size_t i = 0; i < n; i++)
            if (windows[i].weekday == day)
                hours = ctx_printf(c, "%s%s%s", hours, *hours == '\0' ? "" : ", ",
                    show_span(c, windows[i].start_min, windows[i].end_min));
        struct view *item = view_item(list);
        view_text(item, "day", civil_weekday_name(day));
        view_text(item, "hours", hours);
    }
    return OK;
}

static enum result show_reviews(
    struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    struct review *rows;
    size_t n;
    TRY(reviews_of_kitchen(c, v->k.id, web_before(w), REVIEWS_SHOWN + 1, &rows, &n));
    bool more = n > REVIEWS_SHOWN;
    n = more ? REVIEWS_SHOWN : n;
    view_bool(w->view, "has_reviews", n > 0);
    view_text(w->view, "reviews_more_url",
        more ? ctx_printf(
                   c, "%s?before=%lld#reviews", v->path, (long long)rows[n - 1].id)
             : "");
    struct view *list = view_list(w->view, "reviews");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        struct civil when;
        zone_civil(v->zone, rows[i].visible_at, &when);
        view_text(item, "author", rows[i].author);
        view_text(item, "initial", first_letter(c, rows[i].author));
        view_textf(item, "when", "%s %d", civil_month_name(when.month), when.year);
        view_text(item, "when_iso", show_iso(c, rows[i].visible_at));
        view_int(item, "stars", rows[i].overall);
        view_text(item, "body", rows[i].body);
        view_text(item, "reply", rows[i].reply);
        view_text(item, "replier", v->k.host_name);
    }
    return OK;
}

/* ---- the page ---- */

/* The page under its right address, with the same query unless that is too long. */
static enum result move_on(struct ctx *c, struct web *w, const struct kitchen_visit *v)
{
    const char *query = params_with(c->arena, w->req.query, "", NULL);
    return web_redirect_next(
        w, ctx_printf(c, "%s%s%s", v->path, *query == '\0' ? "" : "?", query), v->path);
}

static enum result read_spaces(struct ctx *c, struct kitchen_visit *v)
{
    struct space *all;
    size_t n;
    TRY(kitchens_spaces(c, &v->k, &all, &n));
    v->spaces = all;
    for (size_t i = 0; i < n; i++)
        if (all[i].active)
            v->spaces[v->spaces_n++] = all[i];
    return v->spaces_n > 0
               ? OK
               : fail(c, R_NOT_FOUND, "Nothing of this kitchen can be booked.");
}

/* Who looks at v->k sees this of it. */
static enum result begin(struct ctx *c, struct kitchen_visit *v)
{
    if (!kitchens_visible(c, &v->k))
        return fail(
            c, R_NOT_FOUND, "There is no such kitchen. It may have been taken down.");
    v->path = cards_path(c, v->k.id, v->k.slug);
    v->zone = zone_find(v->k.timezone);
    if (v->zone == NULL)
        return fail(c, R_FAULT, "This kitchen's time zone is unknown here.");
    return read_spaces(c, v);
}

static enum result show(
    struct ctx *c, struct web *w, const struct kitchen_visit *v, int status)
{
    show_head(c, w, v);
    TRY(show_way_back(c, w, &v->k));
    show_facts(c, w, &v->k);
    show_rules(c, w, &v->k);
    TRY(show_photos(c, w, &v->k));
    TRY(show_equipment(c, w, &v->k));
    TRY(show_week(c, w, &v->k));
    TRY(show_reviews(c, w, v));
    view_textf(w->view, "timezone_label", "Times are %s time (%s)", v->k.city,
        zone_abbreviation(v->zone, c->now_at));
    if (v->k.bookable) {
        TRY(kitchen_visit_show_calendar(c, w, v));
        TRY(kitchen_visit_show_quote(c, w, v));
    }
    return web_page(c, w, status, "kitchens/show");
}

enum result web_kitchen(struct ctx *c, struct web *w)
{
    struct kitchen_visit v = { 0 };
    TRY(kitchens_get(c, route_id(&w->match, "id_slug"), &v.k));
    TRY(begin(c, &v));
    if (!text_is(route_text(&w->match, "id_slug"), v.k.slug))
        return move_on(c, w, &v);
    kitchen_visit_read(c, &v, w->req.query);
    /* That a time cannot be booked is an answer, not a mistake. */
    int status = form_ok(&v.f) ? 200 : 422;
    TRY(kitchen_visit_judge(c, &v));
    return show(c, w, &v, status);
}

enum result kitchens_show_again(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *sent, const char *sentence)
{
    struct kitchen_visit v = { .k = *k };
    TRY(begin(c, &v));
    kitchen_visit_read(c, &v, &w->post);
    form_take_errors(&v.f, sent);
    TRY(kitchen_visit_judge(c, &v));
    if (form_ok(&v.f))
        form_set_error(&v.f, NULL, sentence);
    return show(c, w, &v, 422);
}
