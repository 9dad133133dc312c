#include "web/search.h"

#include <math.h>

#include "domain/catalogue.h"
#include "domain/places.h"
#include "domain/search.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/cards.h"

enum {
    RADIUS_MI = 25,
    LENGTH_MAX_HOURS = 24,
    RATE_MAX_CENTS = 100000,
    QUARTER_MIN = 15
};

static const char *const sorts[] = { "distance", "price", "rating", NULL };
static const char *const orders[] = { "nearest first", "cheapest first",
    "best rated first" };

static const struct field *fields(size_t *n)
{
    static struct field table[] = {
        { "where", FIELD_TEXT, "Place", .max = 100 },
        { "radius_mi", FIELD_INT, "Within", .min = 1, .max = SEARCH_RADIUS_MAX_MI },
        { "date", FIELD_DATE, "Day" },
        { "start", FIELD_TIME, "From" },
        { "end", FIELD_TIME, "Done by", .hour_24 = true },
        { "hours", FIELD_REAL, "For", .min = 0, .max = LENGTH_MAX_HOURS },
        { "equipment", FIELD_CHOICE, "Equipment", .repeated = true },
        { "max_price_cents", FIELD_INT, "Rate", .min = 1, .max = RATE_MAX_CENTS },
        { "q", FIELD_TEXT, "Words", .max = 100 },
        { "sort", FIELD_CHOICE, "Sort by", .choices = sorts },
        { "page", FIELD_INT, "Page", .min = 1, .max = SEARCH_PAGES_MAX },
    };
    enum { EQUIPMENT = 6 };
    table[EQUIPMENT].choices = catalogue_keys(CATALOGUE_EQUIPMENT);
    *n = COUNT_OF(table);
    return table;
}

/* ---- the form ---- */

/* A select of common values, with what was typed added if it is none of them. */
struct menu {
    const char *field, *values[10], *labels[10];
    const char *other; /* the label of another value, with %s for it */
};

static const struct menu menus[] = {
    { "radius_mi", { "5", "10", "25", "50", "100" },
        { "5 miles", "10 miles", "25 miles", "50 miles", "100 miles" }, "%s miles" },
    { "hours", { "", "2", "3", "4", "6", "8", "9", "12", "24" },
        { "Any length", "2 hours", "3 hours", "4 hours", "6 hours", "8 hours",
            "9 hours", "12 hours", "24 hours" },
        "%s hours" },
    { "max_price_cents", { "", "2500", "3500", "5000", "7500", "10000" },
        { "Any rate", "$25 an hour", "$35 an hour", "$50 an hour", "$75 an hour",
            "$100 an hour" },
        "%s cents an hour" },
    { "sort", { "distance", "price", "rating" }, { "Distance", "Price", "Rating" },
        "%s" },
};

static void show_menu(
    struct ctx *c, struct web *w, const struct form *f, const struct menu *m)
{
    const char *values[COUNT_OF(m->values)], *labels[COUNT_OF(m->labels)];
    const char *typed = form_raw(f, m->field);
    size_t n = 0;
    bool known = false;
    for (; n < COUNT_OF(values) - 1 && m->values[n] != NULL; n++) {
        values[n] = m->values[n];
        labels[n] = m->labels[n];
        known = known || text_is(values[n], typed);
    }
    if (!known && *typed != '\0') {
        values[n] = typed;
        labels[n++] = ctx_printf(c, m->other, typed);
    }
    web_options(c, w, f, m->field, values, labels, n);
}

/* The filters below the first row stand open only where something is wrong with one:
 * else they would stand between what was asked and its answer. */
static void show_filters(struct ctx *c, struct web *w, const struct form *f)
{
    static const char *const names[] = { "end", "max_price_cents", "q", "equipment",
        "radius_mi" };
    size_t set = 0, n;
    bool wrong = false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *const *raws = form_raws(f, names[i], &n);
        bool usual = n > 0 && (*raws[0] == '\0' || (text_is(names[i], "radius_mi") &&
                                                       text_is(raws[0], "25")));
        set += usual ? 0 : n;
        wrong = wrong || form_error(f, names[i]) != NULL;
    }
    view_bool(w->view, "filters_open", wrong);
    view_text(w->view, "filters_set", set == 0 ? "" : ctx_printf(c, "%zu", set));
}

static void show_fields(struct ctx *c, struct web *w, struct form *f)
{
    if (*form_raw(f, "radius_mi") == '\0')
        form_fill(f, "radius_mi", ctx_printf(c, "%d", RADIUS_MI));
    if (*form_raw(f, "sort") == '\0')
        form_fill(f, "sort", sorts[0]);
    web_show_form(c, w, f);
    for (size_t i = 0; i < COUNT_OF(menus); i++)
        show_menu(c, w, f, &menus[i]);
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    const char **labels = arena_array(c->arena, n, sizeof *labels);
    for (size_t i = 0; i < n; i++)
        labels[i] = items[i].label;
    web_options(c, w, f, "equipment", catalogue_keys(CATALOGUE_EQUIPMENT), labels, n);
    show_filters(c, w, f);
}

/* ---- reading it ---- */

static int sort_of(const struct form *f)
{
    for (int i = 0; sorts[i] != NULL; i++)
        if (text_is(sorts[i], form_text(f, "sort")))
            return i;
    return SEARCH_DISTANCE;
}

static uint64_t equipment_of(const struct form *f)
{
    size_t n;
    uint64_t mask = 0;
    const char *const *keys = form_values(f, "equipment", &n);
    for (size_t i = 0; i < n; i++) {
        int item = catalogue_find(CATALOGUE_EQUIPMENT, keys[i]);
        if (item >= 0)
            mask |= (uint64_t)1 << item;
    }
    return mask;
}

static void read_wish(const struct ctx *c, struct form *f, struct wish *out)
{
    struct civil date = form_date(f, "date");
    int64_t today = c->now_at / 86400;
    int64_t length_min = llround(form_real(f, "hours") * 60);
    *out = (struct wish) {
        .day =
            form_has(f, "date") ? civil_days(date.year, date.month, date.day) : ANY_DAY,
        .start_min = form_has(f, "start") ? form_minutes(f, "start") : ANY_TIME,
        .end_min = form_has(f, "end") ? form_minutes(f, "end") : ANY_TIME,
        .length_min = length_min,
    };
    /* West of Greenwich yesterday may still be today. */
    if (form_has(f, "date") && out->day < today - 1)
        form_set_error(f, "date", "That day has passed. Choose a later one.");
    if (form_has(f, "date") && out->day > today + c->conf->max_days_ahead)
        form_set_error(f, "date",
            "Kitchens cannot be booked that far ahead. Choose an earlier day.");
    if (form_has(f, "hours") && length_min <= 0)
        form_set_error(f, "hours", "Choose how long: a quarter of an hour or more.");
    if (!form_has(f, "hours") && form_has(f, "start") && form_has(f, "end") &&
        out->start_min == out->end_min)
        form_set_error(f, "end",
            "This is the same as the start. Choose a later end, or say for how many "
            "hours.");
    if (length_min % QUARTER_MIN != 0)
        form_set_error(f, "hours", "Choose a length in quarter hours, like 2.5.");
}

/* Finds the place and makes the request of the form; what is wrong goes to its field.
 */
static enum result read_request(struct ctx *c, struct form *f,
    struct search_request *out, struct place **places, size_t *n)
{
    *out = (struct search_request) {
        .filter = {
            .radius_mi = form_has(f, "radius_mi") ? (double)form_int(f, "radius_mi") : RADIUS_MI,
            .equipment = equipment_of(f),
            .max_rate = cents_of(form_int(f, "max_price_cents")),
            .words = form_text(f, "q"),
        },
        .sort = (enum search_sort)sort_of(f),
        .page = form_has(f, "page") ? form_int(f, "page") : 1,
    };
    *n = 0;
    read_wish(c, f, &out->wish);
    if (!form_has(f, "where"))
        return OK;
    enum result r = places_find(c, form_text(f, "where"), places, n);
    if (r == R_INVALID || r == R_NOT_FOUND) {
        form_set_error(f, "where", c->message);
        fail_clear(c);
        return OK;
    }
    TRY(r);
    out->filter.lat = (*places)->lat;
    out->filter.lng = (*places)->lng;
    return OK;
}

/* ---- showing what was found ---- */

static const char *with(
    struct ctx *c, const struct web *w, const char *name, const char *value)
{
    struct params first_page = { 0 };
    for (size_t i = 0; i < w->req.query->n; i++) {
        const struct param *p = &w->req.query->at[i];
        bool added = text_is(p->name, "page") || *p->value == '\0' ||
                     params_add(c->arena, &first_page, p->name, p->value) == OK;
        CHECK(added);
    }
    return ctx_printf(c, "/search?%s", params_with(c->arena, &first_page, name, value));
}

static const char *when_label(struct ctx *c, const struct wish *wish)
{
    const char *hours = "";
    if (wish->length_min > 0)
        hours = ctx_printf(c, "%g h", (double)wish->length_min / 60);
    if (wish->day == ANY_DAY)
        return hours;
    struct civil date = civil_of_days(wish->day);
    return ctx_printf(c, "%s%s%s", civil_format_date(c->arena, &date),
        *hours == '\0' ? "" : ", ", hours);
}

static void show_pages(
    struct ctx *c, struct web *w, const struct search_request *request, bool more)
{
    more = more && request->page < SEARCH_PAGES_MAX;
    if (request->page == 1 && !more) {
        view_bool(w->view, "pages", false);
        return;
    }
    struct view *pages = view_object(w->view, "pages");
    long long page = (long long)request->page;
    view_bool(pages, "has_prev", page > 1);
    view_text(pages, "prev_url",
        with(c, w, "page", page > 2 ? ctx_printf(c, "%lld", page - 1) : NULL));
    view_bool(pages, "has_next", more);
    view_text(pages, "next_url", with(c, w, "page", ctx_printf(c, "%lld", page + 1)));
    view_textf(pages, "label", "Page %lld", page);
}

/* The map's outer ring: the smallest round distance that has every offer inside. */
static double ring_mi(const struct search_page *page)
{
    static const double rings[] = { 1, 2, 5, 10, 20, 50 };
    double farthest = 0;
    for (size_t i = 0; i < page->n; i++)
        farthest = fmax(farthest, page->offers[i].distance_mi);
    for (size_t i = 0; i < COUNT_OF(rings); i++)
        if (farthest <= rings[i])
            return rings[i];
    return SEARCH_RADIUS_MAX_MI;
}

static void show_map(struct ctx *c, struct web *w, const struct search_request *request,
    const struct search_page *page, int64_t first_number)
{
    const double mi_per_degree = 69.09, ring = ring_mi(page);
    const struct near_filter *f = &request->filter;
    view_bool(w->view, "has_map", page->n > 0);
    view_text(w->view, "map_attribution", c->conf->geo_attribution);
    view_textf(w->view, "map_radius", "%g mi", ring);
    view_textf(w->view, "map_half", "%g mi", ring / 2);
    struct view *list = view_list(w->view, "map_points");
    for (size_t i = 0; i < page->n; i++) {
        const struct offer *o = &page->offers[i];
        double north_mi = (o->lat - f->lat) * mi_per_degree;
        double east_mi = (o->lng - f->lng) * mi_per_degree * cos(f->lat * M_PI / 180);
        struct view *item = view_item(list);
        view_int(item, "x", lround(500 + east_mi / ring * 450));
        view_int(item, "y", lround(500 - north_mi / ring * 450));
        view_int(item, "number", first_number + (int64_t)i);
        view_text(item, "label", o->title);
        view_text(item, "url",
            arena_join(c->arena, "#k", text_of_int(c->arena, o->id), NULL));
    }
}

static void suggest(struct view *list, const char *text, const char *url)
{
    struct view *item = view_item(list);
    view_text(item, "text", text);
    view_text(item, "url", url);
}

static void show_nothing(
    struct ctx *c, struct web *w, const struct form *f, double radius_mi, bool asked)
{
    struct view *list = view_list(w->view, "suggestions");
    view_text(w->view, "nothing_title",
        !form_ok(f) ? "Something in the form is not right"
        : asked     ? "No kitchen fits all of that"
                    : "Where do you want to cook?");
    view_text(w->view, "nothing",
        !form_ok(f) ? "Change what is marked above and search again."
        : asked ? "Every kitchen shown here can be booked as you asked, so nothing is "
                  "shown now."
                : "Type a city with its state, like \"Austin, TX\", or a ZIP code.");
    if (!form_ok(f) || !asked)
        return;
    if (radius_mi < SEARCH_RADIUS_MAX_MI)
        suggest(list, "Within 100 miles", with(c, w, "radius_mi", "100"));
    if (form_has(f, "date"))
        suggest(list, "On any day", with(c, w, "date", NULL));
    if (form_has(f, "hours"))
        suggest(list, "For any length", with(c, w, "hours", NULL));
    if (form_has(f, "equipment"))
        suggest(list, "With any equipment", with(c, w, "equipment", NULL));
    if (form_has(f, "q"))
        suggest(list, "Without the words", with(c, w, "q", NULL));
    if (form_has(f, "max_price_cents"))
        suggest(list, "At any rate", with(c, w, "max_price_cents", NULL));
}

/* Other places of the same name. */
static void show_places(
    struct ctx *c, struct web *w, const struct place *places, size_t n)
{
    struct view *list = view_list(w->view, "places");
    for (size_t i = 1; i < n; i++)
        suggest(list, places[i].label, with(c, w, "where", places[i].label));
}

static void show_results(struct ctx *c, struct web *w,
    const struct search_request *request, const struct search_page *page)
{
    int64_t first_number = (request->page - 1) * SEARCH_PAGE + 1;
    struct view *cards = view_list(w->view, "cards");
    for (size_t i = 0; i < page->n; i++)
        cards_offer(c, view_item(cards), &page->offers[i], first_number + (int64_t)i,
            request->wish.day == ANY_DAY);
    view_bool(w->view, "has_results", page->n > 0);
    show_map(c, w, request, page, first_number);
    show_pages(c, w, request, page->more);
    view_text(w->view, "when_label", when_label(c, &request->wish));
    const char *count =
        page->more ? "20+ kitchens"
                   : ctx_printf(c, "%zu kitchen%s", page->n, page->n == 1 ? "" : "s");
    if (request->page > 1)
        count = ctx_printf(c, "Page %lld", (long long)request->page);
    view_text(w->view, "results_label",
        page->n == 0 ? "No kitchens"
                     : ctx_printf(c, "%s, %s", count, orders[request->sort]));
    view_text(w->view, "ranked_label",
        page->pool_full ? ctx_printf(c, "Of the %d nearest.", SEARCH_POOL) : "");
}

enum result web_search(struct ctx *c, struct web *w)
{
    struct form f;
    struct search_request request;
    struct search_page page = { 0 };
    struct place *places = NULL;
    size_t fields_n, places_n;
    const struct field *table = fields(&fields_n);
    web_form(c, w, table, fields_n, &f);
    TRY(read_request(c, &f, &request, &places, &places_n));
    if (form_ok(&f) && places_n > 0) {
        enum result r = search_find(c, &request, &page);
        if (r == R_INVALID) {
            form_set_error(&f, form_has(&f, "q") ? "q" : NULL, c->message);
            fail_clear(c);
        } else {
            TRY(r);
        }
    }
    show_fields(c, w, &f);
    view_bool(w->view, "can_sort", places_n > 0 || form_error(&f, "sort") != NULL);
    show_results(c, w, &request, &page);
    show_nothing(c, w, &f, request.filter.radius_mi, places_n > 0);
    show_places(c, w, places, places_n);
    view_text(w->view, "heading",
        places_n > 0 ? ctx_printf(c, "Kitchens near %s", places->label)
                     : "Find a kitchen");
    if (places_n == 0) {
        view_text(w->view, "results_label", "");
        view_text(w->view, "when_label", "");
    }
    return web_page(c, w, form_ok(&f) ? 200 : 422, "search/results");
}
