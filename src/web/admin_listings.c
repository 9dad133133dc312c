#include "web/admin_listings.h"

#include "domain/availability.h"
#include "domain/catalogue.h"
#include "domain/compliance.h"
#include "domain/listings.h"
#include "util/buf.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/admin.h"
#include "web/markdown.h"
#include "web/show.h"

enum { PER_PAGE = 50 };

enum result web_admin_listings(struct ctx *c, struct web *w)
{
    static const struct admin_tab tabs[] = {
        { "", "All" },
        { "pending_approval", "Waiting" },
        { "active", "Active" },
        { "changes_requested", "Changes requested" },
        { "draft", "Drafts" },
        { "rejected", "Rejected" },
        { "suspended", "Suspended" },
    };
    const char *state = admin_state(w, tabs, COUNT_OF(tabs));
    struct listing_row *rows;
    size_t n;
    TRY(listings_in_state(c, state, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "listings");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "id", rows[i].id);
        view_text(item, "title", rows[i].title);
        view_text(item, "host", rows[i].host_name);
        view_textf(item, "place", "%s, %s", rows[i].city, rows[i].region);
        view_text(item, "rate", cents_format(c->arena, rows[i].rate));
        view_text(item, "state", rows[i].state);
        view_text(item, "state_label", show_state(rows[i].state));
        view_bool(item, "bookable", rows[i].bookable);
        view_text(item, "changed", show_ago(c, rows[i].updated_at));
    }
    admin_show_tabs(c, w, tabs, COUNT_OF(tabs), state);
    return web_page(c, w, 200, "admin/listings");
}

/* ---- one listing -------------------------------------------------------------------
 */

static const char *in_hours(struct ctx *c, int64_t minutes)
{
    return ctx_printf(c, minutes % 60 == 0 ? "%.0f h" : "%.2f h", (double)minutes / 60);
}

static const char *price_of(struct ctx *c, const struct kitchen *k)
{
    const char *rate = cents_format(c->arena, k->rate);
    if (k->offpeak_rate.n == 0)
        return ctx_printf(c, "%s an hour", rate);
    int64_t end = k->offpeak_end_min;
    if (end <= k->offpeak_start_min)
        end += 1440;
    return ctx_printf(c, "%s an hour; %s from %s", rate,
        cents_format(c->arena, k->offpeak_rate),
        show_span(c, k->offpeak_start_min, end));
}

static const char *features_of(struct ctx *c, const struct kitchen *k)
{
    size_t n;
    const char *text = "";
    const struct catalogue_item *items = catalogue_list(CATALOGUE_FEATURES, &n);
    for (size_t i = 0; i < n; i++)
        if (k->feature_mask >> i & 1)
            text = ctx_printf(
                c, "%s%s%s", text, *text == '\0' ? "" : ", ", items[i].label);
    return text;
}

static enum result equipment_of(
    struct ctx *c, const struct kitchen *k, const char **out)
{
    struct equipment *rows;
    size_t n, items_n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &items_n);
    TRY(kitchens_equipment(c, k->id, &rows, &n));
    *out = "";
    for (size_t i = 0; i < n; i++)
        if (rows[i].item >= 0 && (size_t)rows[i].item < items_n)
            *out = ctx_printf(c, "%s%s%lld × %s", *out, i == 0 ? "" : ", ",
                (long long)rows[i].quantity, items[rows[i].item].label);
    return OK;
}

static enum result hours_of(struct ctx *c, const struct kitchen *k, const char **out)
{
    struct weekly_window *rows;
    size_t n;
    TRY(availability_week(c, k->id, &rows, &n));
    *out = "";
    for (size_t i = 0; i < n; i++)
        *out = ctx_printf(c, "%s%s%s %s", *out, i == 0 ? "" : "; ",
            civil_weekday_short((int)rows[i].weekday),
            show_span(c, rows[i].start_min, rows[i].end_min));
    return OK;
}

static enum result spaces_of(struct ctx *c, const struct kitchen *k, const char **out)
{
    struct space *rows;
    size_t n;
    TRY(kitchens_spaces(c, k, &rows, &n));
    *out = "";
    for (size_t i = 0; i < n; i++)
        *out = ctx_printf(c, "%s%s%s (%s an hour, %lld people%s)", *out,
            i == 0 ? "" : ", ", rows[i].name, cents_format(c->arena, rows[i].rate),
            (long long)rows[i].capacity, rows[i].active ? "" : ", closed");
    return OK;
}

static enum result show_facts(struct ctx *c, struct web *w, const struct kitchen *k)
{
    const char *equipment, *hours, *spaces;
    TRY(equipment_of(c, k, &equipment));
    TRY(hours_of(c, k, &hours));
    TRY(spaces_of(c, k, &spaces));
    struct view *facts = admin_facts(w);
    admin_fact(
        facts, "Kind", catalogue_label(CATALOGUE_KITCHEN_TYPES, k->kitchen_type));
    admin_fact(facts, "Address",
        ctx_printf(c, "%s, %s, %s %s", k->address, k->city, k->region, k->postal_code));
    admin_fact(facts, "On the map", ctx_printf(c, "%.5f, %.5f", k->lat, k->lng));
    admin_fact(facts, "Time zone", k->timezone);
    admin_fact(facts, "Size",
        k->square_feet > 0 ? ctx_printf(c, "%lld square feet, %lld people",
                                 (long long)k->square_feet, (long long)k->capacity)
                           : ctx_printf(c, "%lld people", (long long)k->capacity));
    admin_fact(facts, "Price", price_of(c, k));
    admin_fact(facts, "Cleaning and deposit",
        ctx_printf(c, "%s and %s", cents_format(c->arena, k->cleaning),
            cents_format(c->arena, k->deposit)));
    admin_fact(facts, "Booking",
        ctx_printf(c, "%s to %s, %s notice, %s", in_hours(c, k->min_min),
            in_hours(c, k->max_min), in_hours(c, k->notice_min),
            k->instant_book ? "at once" : "on request"));
    admin_fact(facts, "Cancellation", catalogue_label(CATALOGUE_POLICIES, k->policy));
    admin_fact(facts, "Spaces", spaces);
    admin_fact(facts, "Opening hours", hours);
    admin_fact(facts, "Equipment", equipment);
    admin_fact(facts, "Features", features_of(c, k));
    admin_fact(facts, "House rules", k->restrictions);
    admin_fact(facts, "Accessibility", k->accessibility);
    admin_fact(facts, "Certifications", k->certifications);
    return OK;
}

static enum result show_needs(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct listing_needs needs;
    TRY(listings_needs(c, k, &needs));
    view_text(w->view, "papers_missing",
        listings_act_fits(LISTING_APPROVE, k->state) ||
                listings_act_fits(LISTING_RESTORE, k->state)
            ? listings_papers_text(c, &needs)
            : "");
    struct view *list = view_list(w->view, "needs");
    for (size_t i = 0; i < needs.papers_n; i++)
        view_item_text(list, catalogue_label(CATALOGUE_DOCUMENTS, needs.papers[i]));
    if (needs.transfers)
        view_item_text(list, "Payouts at Stripe");
    if (needs.windows)
        view_item_text(list, "Opening hours");
    if (needs.photos)
        view_item_text(list, "Photos");
    view_bool(w->view, "lacks",
        needs.papers_n > 0 || needs.transfers || needs.windows || needs.photos);
    return OK;
}

static enum result show_papers(struct ctx *c, struct web *w, const struct kitchen *k)
{
    struct document *rows;
    size_t n;
    TRY(compliance_of(c, k->id, &rows, &n));
    struct view *list = view_list(w->view, "documents");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_int(item, "document_id", rows[i].id);
        view_text(item, "label", catalogue_label(CATALOGUE_DOCUMENTS, rows[i].kind));
        view_text(item, "state", rows[i].state);
        view_text(item, "state_label", show_state(rows[i].state));
        view_text(item, "expires", show_day(c, rows[i].expires_day));
    }
    view_bool(w->view, "any_documents", n > 0);
    return OK;
}

/* The decisions that its state allows, what says yes first. */
static void show_acts(struct web *w, const struct kitchen *k)
{
    static const struct {
        enum listing_act act;
        const char *label;
        bool yes, bad;
    } acts[] = {
        { LISTING_APPROVE, "Approve", true, false },
        { LISTING_RESTORE, "Make it active again", true, false },
        { LISTING_REQUEST_CHANGES, "Ask for changes", false, false },
        { LISTING_REJECT, "Reject", false, true },
        { LISTING_SUSPEND, "Suspend", false, true },
    };
    bool any = false;
    struct view *list = view_list(w->view, "acts");
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        if (!listings_act_fits(acts[i].act, k->state))
            continue;
        struct view *item = view_item(list);
        view_text(item, "act", listings_act_name(acts[i].act));
        view_text(item, "label", acts[i].label);
        view_bool(item, "yes", acts[i].yes);
        view_bool(item, "bad", acts[i].bad);
        any = true;
    }
    view_bool(w->view, "any_acts", any);
}

static enum result show_listing(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *f, int status)
{
    view_int(w->view, "id", k->id);
    view_text(w->view, "listing_title", k->title);
    view_text(w->view, "slug", k->slug);
    view_text(w->view, "state", k->state);
    view_text(w->view, "state_label", show_state(k->state));
    view_text(w->view, "last_reason", k->reason);
    view_int(w->view, "host_id", k->host_id);
    view_text(w->view, "host", k->host_name);
    view_text(w->view, "place", ctx_printf(c, "%s, %s", k->city, k->region));
    view_bool(w->view, "bookable", k->bookable);
    view_safe(w->view, "description", markdown_html(c->arena, k->description));
    admin_show_may_decide(c, w);
    show_acts(w, k);
    TRY(show_facts(c, w, k));
    TRY(show_needs(c, w, k));
    TRY(show_papers(c, w, k));
    TRY(admin_show_history(c, w, "kitchen", k->id));
    web_show_form(c, w, f);
    return web_page(c, w, status, "admin/listing");
}

enum result web_admin_listing(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    TRY(kitchens_get(c, web_id(w), &k));
    admin_fresh_decision(c, k.version, &f);
    return show_listing(c, w, &k, &f, 200);
}

enum result web_admin_listing_decide(struct ctx *c, struct web *w)
{
    struct kitchen k;
    struct form f;
    TRY(kitchens_get(c, web_id(w), &k));
    admin_read_decision(c, w, &f);
    enum listing_act act = listings_act_of(form_text(&f, "act"));
    if (act == LISTING__MAX || act == LISTING_SUBMIT)
        form_set_error(&f, "reason", "Choose one of the decisions below.");
    if (!form_ok(&f))
        return show_listing(c, w, &k, &f, 422);
    enum result r =
        listings_decide(c, k.id, form_int(&f, "version"), act, form_text(&f, "reason"));
    if (admin_decision_refused(c, r, &f))
        return show_listing(c, w, &k, &f, 422);
    TRY(r);
    web_flash(c, w, "ok", "Decided. The host has mail.");
    return web_redirect(w, ctx_printf(c, "/admin/listings/%lld", (long long)k.id));
}
