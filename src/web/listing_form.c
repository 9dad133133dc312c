#include "web/listing_form.h"

#include <stdio.h>
#include <string.h>

#include "domain/catalogue.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"
#include "util/zone.h"

enum { EQUIPMENT_MAX = 64, FIELDS_MAX = 120 };

/* Zones offered in the form; any IANA name may be sent. */
static const char *const zones[] = { "America/New_York", "America/Chicago",
    "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "America/Puerto_Rico", NULL };
static const char *const steps[] = { "15", "30", "60", NULL };
static const char *const step_labels[] = { "quarter hours", "half hours",
    "whole hours" };
static const char *const modes[] = { "instant", "request", NULL };
static const char *const mode_labels[] = {
    "Book at once: the slot is theirs when they have paid",
    "Ask me first: I accept or decline"
};

static const struct field own_fields[] = {
    { "title", FIELD_TEXT, "Title", .required = true, .min = 3, .max = 100 },
    { "description", FIELD_LINES, "Description", .required = true, .min = 20,
        .max = 5000 },
    { "kitchen_type", FIELD_CHOICE, "Kind of kitchen", .required = true },
    { "address", FIELD_TEXT, "Street address", .required = true, .max = 200 },
    { "city", FIELD_TEXT, "City", .required = true, .max = 60 },
    { "state", FIELD_CHOICE, "State", .required = true },
    { "postal_code", FIELD_TEXT, "ZIP code", .required = true, .min = 5, .max = 10 },
    { "lat", FIELD_REAL, "Latitude", .min = -90, .max = 90 },
    { "lng", FIELD_REAL, "Longitude", .min = -180, .max = 180 },
    { "timezone", FIELD_TEXT, "Time zone", .required = true, .max = 60 },
    { "square_feet", FIELD_INT, "Square feet", .min = 0, .max = 1000000 },
    { "capacity", FIELD_INT, "People at once", .required = true, .min = 1,
        .max = 1000 },
    { "features", FIELD_CHOICE, "Features", .repeated = true },
    { "equipment", FIELD_CHOICE, "Equipment", .repeated = true },
    { "restrictions", FIELD_LINES, "House rules", .max = 2000 },
    { "accessibility", FIELD_LINES, "Accessibility", .max = 2000 },
    { "certifications", FIELD_LINES, "Certifications", .max = 2000 },
    { "access_notes", FIELD_LINES, "How to get in", .max = 2000 },
    { "hourly_rate", FIELD_MONEY, "Hourly rate", .required = true, .min = 100,
        .max = 100000 },
    { "offpeak_rate", FIELD_MONEY, "Off-peak rate", .min = 0, .max = 100000 },
    { "offpeak_start", FIELD_TIME, "Off-peak from" },
    { "offpeak_end", FIELD_TIME, "Off-peak to", .hour_24 = true },
    { "cleaning_fee", FIELD_MONEY, "Cleaning fee", .min = 0, .max = 100000 },
    { "deposit", FIELD_MONEY, "Deposit", .min = 0, .max = 1000000 },
    { "min_hours", FIELD_INT, "Shortest booking", .required = true, .min = 1,
        .max = BOOKING_MAX_MIN / 60 },
    { "max_hours", FIELD_INT, "Longest booking", .required = true, .min = 1,
        .max = BOOKING_MAX_MIN / 60 },
    { "step_min", FIELD_CHOICE, "Starts and ends at", .required = true,
        .choices = steps },
    { "notice_hours", FIELD_INT, "Notice", .required = true, .min = 0, .max = 720 },
    { "buffer_before_min", FIELD_INT, "Free before", .required = true, .min = 0,
        .max = 240 },
    { "buffer_after_min", FIELD_INT, "Free after", .required = true, .min = 0,
        .max = 240 },
    { "cancellation_policy", FIELD_CHOICE, "Cancellation policy", .required = true },
    { "booking_mode", FIELD_CHOICE, "How it is booked", .required = true,
        .choices = modes },
    { "version", FIELD_INT, "Form", .min = 0, .max = INT64_MAX },
    FIELD_ONCE,
};

/* Where a choice is one of a catalogue's keys. */
static const struct {
    const char *field;
    enum catalogue which;
} catalogues[] = {
    { "kitchen_type", CATALOGUE_KITCHEN_TYPES },
    { "state", CATALOGUE_REGIONS },
    { "features", CATALOGUE_FEATURES },
    { "equipment", CATALOGUE_EQUIPMENT },
    { "cancellation_policy", CATALOGUE_POLICIES },
};

/* The fields above and a quantity qty_KEY for each item of equipment: the page asks for
 * these. Programs may name an item in `equipment` as well, which is one of it, or as
 * many as its quantity says. Made once. */
static const struct field *all_fields(size_t *n)
{
    static struct field fields[FIELDS_MAX];
    static char names[EQUIPMENT_MAX][64];
    static size_t count;
    if (count == 0) {
        size_t items_n;
        const struct catalogue_item *items =
            catalogue_list(CATALOGUE_EQUIPMENT, &items_n);
        CHECK(COUNT_OF(own_fields) + items_n <= FIELDS_MAX && items_n <= EQUIPMENT_MAX);
        memcpy(fields, own_fields, sizeof own_fields);
        for (size_t i = 0; i < COUNT_OF(own_fields); i++)
            for (size_t k = 0; k < COUNT_OF(catalogues); k++)
                if (text_is(fields[i].name, catalogues[k].field))
                    fields[i].choices = catalogue_keys(catalogues[k].which);
        for (size_t i = 0; i < items_n; i++) {
            snprintf(names[i], sizeof names[i], "qty_%s", items[i].key);
            fields[COUNT_OF(own_fields) + i] = (struct field) { .name = names[i],
                .kind = FIELD_INT,
                .label = items[i].label,
                .min = 0,
                .max = 99 };
        }
        count = COUNT_OF(own_fields) + items_n;
    }
    *n = count;
    return fields;
}

/* ---- filling ---- */

static void fill_int(struct ctx *c, struct form *f, const char *name, int64_t n)
{
    form_fill(f, name, ctx_printf(c, "%lld", (long long)n));
}

static void fill_money(
    struct ctx *c, struct form *f, const char *name, struct cents amount)
{
    form_fill(f, name,
        ctx_printf(
            c, "%lld.%02lld", (long long)amount.n / 100, (long long)amount.n % 100));
}

static void fill_time(struct ctx *c, struct form *f, const char *name, int64_t minute)
{
    form_fill(f, name, ctx_printf(c, "%02d:%02d", (int)minute / 60, (int)minute % 60));
}

void listing_form_fresh(struct ctx *c, struct form *out)
{
    size_t n;
    const struct field *fields = all_fields(&n);
    form_fresh(c->arena, fields, n, out);
    static const struct {
        const char *name, *value;
    } usual[] = { { "min_hours", "2" }, { "max_hours", "24" }, { "step_min", "30" },
        { "notice_hours", "24" }, { "buffer_before_min", "0" },
        { "buffer_after_min", "30" }, { "cancellation_policy", "moderate" },
        { "booking_mode", "instant" }, { "capacity", "4" },
        { "timezone", "America/Chicago" }, { "version", "0" } };
    for (size_t i = 0; i < COUNT_OF(usual); i++)
        form_fill(out, usual[i].name, usual[i].value);
    form_fill(out, "idempotency_key", rand_uid(c->arena));
}

static void fill_features(struct form *f, uint64_t mask)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_FEATURES, &n);
    for (size_t i = 0; i < n; i++)
        if (mask >> i & 1)
            form_fill(f, "features", items[i].key);
}

void listing_form_of(struct ctx *c, const struct kitchen *k,
    const struct equipment *equipment, size_t n, struct form *out)
{
    size_t fields_n, items_n;
    const struct field *fields = all_fields(&fields_n);
    form_fresh(c->arena, fields, fields_n, out);
    form_fill(out, "title", k->title);
    form_fill(out, "description", k->description);
    form_fill(out, "kitchen_type", k->kitchen_type);
    form_fill(out, "address", k->address);
    form_fill(out, "city", k->city);
    form_fill(out, "state", k->region);
    form_fill(out, "postal_code", k->postal_code);
    form_fill(out, "lat", ctx_printf(c, "%.10g", k->lat));
    form_fill(out, "lng", ctx_printf(c, "%.10g", k->lng));
    form_fill(out, "timezone", k->timezone);
    if (k->square_feet > 0)
        fill_int(c, out, "square_feet", k->square_feet);
    fill_int(c, out, "capacity", k->capacity);
    fill_features(out, k->feature_mask);
    form_fill(out, "restrictions", k->restrictions);
    form_fill(out, "accessibility", k->accessibility);
    form_fill(out, "certifications", k->certifications);
    form_fill(out, "access_notes", k->access_notes);
    fill_money(c, out, "hourly_rate", k->rate);
    if (k->offpeak_rate.n > 0) {
        fill_money(c, out, "offpeak_rate", k->offpeak_rate);
        fill_time(c, out, "offpeak_start", k->offpeak_start_min);
        fill_time(c, out, "offpeak_end", k->offpeak_end_min);
    }
    fill_money(c, out, "cleaning_fee", k->cleaning);
    fill_money(c, out, "deposit", k->deposit);
    fill_int(c, out, "min_hours", k->min_min / 60);
    fill_int(c, out, "max_hours", k->max_min / 60);
    fill_int(c, out, "step_min", k->step_min);
    fill_int(c, out, "notice_hours", k->notice_min / 60);
    fill_int(c, out, "buffer_before_min", k->buffer_before_min);
    fill_int(c, out, "buffer_after_min", k->buffer_after_min);
    form_fill(out, "cancellation_policy", k->policy);
    form_fill(out, "booking_mode", k->instant_book ? "instant" : "request");
    fill_int(c, out, "version", k->version);
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &items_n);
    for (size_t i = 0; i < n; i++)
        if ((size_t)equipment[i].item < items_n)
            fill_int(c, out, ctx_printf(c, "qty_%s", items[equipment[i].item].key),
                equipment[i].quantity);
}

/* ---- reading ---- */

/* What no single field can see. */
static void check_together(struct form *f)
{
    if (form_has(f, "timezone") && zone_find(form_text(f, "timezone")) == NULL)
        form_set_error(
            f, "timezone", "Choose a zone from the list, such as America/Chicago.");
    if (form_has(f, "max_hours") && form_int(f, "max_hours") < form_int(f, "min_hours"))
        form_set_error(
            f, "max_hours", "The longest booking cannot be shorter than the shortest.");
    if (form_int(f, "buffer_before_min") % 15 != 0)
        form_set_error(
            f, "buffer_before_min", "Use whole quarter hours: 0, 15, 30, 45, ...");
    if (form_int(f, "buffer_after_min") % 15 != 0)
        form_set_error(
            f, "buffer_after_min", "Use whole quarter hours: 0, 15, 30, 45, ...");
    bool rate = form_money(f, "offpeak_rate").n > 0;
    if (rate && !form_has(f, "offpeak_start"))
        form_set_error(f, "offpeak_start", "Say from when the off-peak rate applies.");
    if (rate && !form_has(f, "offpeak_end"))
        form_set_error(f, "offpeak_end", "Say until when the off-peak rate applies.");
    if (rate && form_money(f, "offpeak_rate").n >= form_money(f, "hourly_rate").n)
        form_set_error(
            f, "offpeak_rate", "The off-peak rate has to be below the hourly rate.");
}

/* Where it is, by the rules of listings.h, as far as what was typed can be read. */
static enum result check_place(struct ctx *c, struct form *f, struct kitchen *k)
{
    const char *field;
    bool lat_typed = *form_raw(f, "lat") != '\0',
         lng_typed = *form_raw(f, "lng") != '\0';
    *k = (struct kitchen) {
        .postal_code = form_text(f, "postal_code"),
        .region = form_text(f, "state"),
        .lat = form_real(f, "lat"),
        .lng = form_real(f, "lng"),
    };
    if (lat_typed != lng_typed)
        form_set_error(f, lat_typed ? "lng" : "lat",
            "Give both or neither: without them we take the ZIP code's place.");
    if (!form_has(f, "postal_code") || !form_has(f, "state"))
        return OK;
    enum result r = listings_place(c, k, lat_typed || lng_typed, &field);
    if (r != R_INVALID)
        return r;
    if (!text_is(field, "lat") || form_has(f, "lat") == form_has(f, "lng"))
        form_set_error(f, field, c->message);
    fail_clear(c);
    return OK;
}

static uint64_t read_features(const struct form *f)
{
    size_t n;
    uint64_t mask = 0;
    const char *const *chosen = form_values(f, "features", &n);
    for (size_t i = 0; i < n; i++) {
        int item = catalogue_find(CATALOGUE_FEATURES, chosen[i]);
        if (item >= 0)
            mask |= (uint64_t)1 << item;
    }
    return mask;
}

/* What was named only counts as typed: one. */
static void fill_named(struct ctx *c, struct form *f)
{
    size_t n;
    const char *const *named = form_values(f, "equipment", &n);
    for (size_t i = 0; i < n; i++) {
        const char *name = ctx_printf(c, "qty_%s", named[i]);
        if (*named[i] != '\0' && *form_raw(f, name) == '\0')
            form_fill(f, name, "1");
    }
}

static void read_equipment(
    struct ctx *c, const struct form *f, struct listing_input *out)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    struct equipment *rows = arena_array(c->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        int64_t quantity = form_int(f, ctx_printf(c, "qty_%s", items[i].key));
        if (quantity == 0 && form_chose(f, "equipment", items[i].key))
            quantity = 1;
        if (quantity > 0)
            rows[out->equipment_n++] = (struct equipment) { (int)i, quantity };
    }
    out->equipment = rows;
}

enum result listing_form_read(
    struct ctx *c, struct web *w, struct form *f, struct listing_input *out)
{
    size_t n;
    struct kitchen place;
    const struct field *fields = all_fields(&n);
    web_form(c, w, fields, n, f);
    fill_named(c, f);
    check_together(f);
    TRY(check_place(c, f, &place));
    if (!form_ok(f))
        return OK;
    bool offpeak = form_money(f, "offpeak_rate").n > 0;
    *out =
        (struct listing_input) { .k = {
                                     .title = form_text(f, "title"),
                                     .description = form_text(f, "description"),
                                     .kitchen_type = form_text(f, "kitchen_type"),
                                     .address = form_text(f, "address"),
                                     .city = form_text(f, "city"),
                                     .region = form_text(f, "state"),
                                     .postal_code = form_text(f, "postal_code"),
                                     .lat = place.lat,
                                     .lng = place.lng,
                                     .timezone = form_text(f, "timezone"),
                                     .square_feet = form_int(f, "square_feet"),
                                     .capacity = form_int(f, "capacity"),
                                     .feature_mask = read_features(f),
                                     .restrictions = form_text(f, "restrictions"),
                                     .accessibility = form_text(f, "accessibility"),
                                     .certifications = form_text(f, "certifications"),
                                     .access_notes = form_text(f, "access_notes"),
                                     .rate = form_money(f, "hourly_rate"),
                                     .offpeak_rate = form_money(f, "offpeak_rate"),
                                     .offpeak_start_min =
                                         offpeak ? form_minutes(f, "offpeak_start") : 0,
                                     .offpeak_end_min =
                                         offpeak ? form_minutes(f, "offpeak_end") : 0,
                                     .cleaning = form_money(f, "cleaning_fee"),
                                     .deposit = form_money(f, "deposit"),
                                     .min_min = form_int(f, "min_hours") * 60,
                                     .max_min = form_int(f, "max_hours") * 60,
                                     .step_min =
                                         text_is(form_text(f, "step_min"), "15")   ? 15
                                         : text_is(form_text(f, "step_min"), "30") ? 30
                                                                                   : 60,
                                     .notice_min = form_int(f, "notice_hours") * 60,
                                     .buffer_before_min =
                                         form_int(f, "buffer_before_min"),
                                     .buffer_after_min =
                                         form_int(f, "buffer_after_min"),
                                     .policy = form_text(f, "cancellation_policy"),
                                     .instant_book = text_is(
                                         form_text(f, "booking_mode"), "instant"),
                                 } };
    out->key = form_text(f, "idempotency_key");
    out->post = params_with(c->arena, &w->post, "csrf", NULL);
    read_equipment(c, f, out);
    return OK;
}

/* ---- showing ---- */

static void show_catalogue(struct ctx *c, struct web *w, const struct form *f, size_t k)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(catalogues[k].which, &n);
    const char **values = arena_array(c->arena, n + 1, sizeof *values);
    const char **labels = arena_array(c->arena, n + 1, sizeof *labels);
    size_t shown = 0;
    if (catalogues[k].which == CATALOGUE_REGIONS) { /* whose first one nobody means */
        values[shown] = "";
        labels[shown++] = "Choose the state";
    }
    for (size_t i = 0; i < n; i++, shown++) {
        values[shown] = items[i].key;
        labels[shown] = items[i].label;
    }
    web_options(c, w, f, catalogues[k].field, values, labels, shown);
}

static void show_equipment(struct ctx *c, struct web *w, const struct form *f)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    struct view *list = view_list(w->view, "equipment");
    for (size_t i = 0; i < n; i++) {
        const char *name = ctx_printf(c, "qty_%s", items[i].key);
        struct view *item = view_item(list);
        view_text(item, "id", ctx_printf(c, "f-%s", name));
        view_text(item, "name", name);
        view_text(item, "label", items[i].label);
        view_text(item, "value", form_raw(f, name));
        view_text(item, "error", form_error(f, name));
    }
}

void listing_form_show(struct ctx *c, struct web *w, const struct form *f)
{
    web_show_form(c, w, f);
    for (size_t k = 0; k < COUNT_OF(catalogues); k++)
        show_catalogue(c, w, f, k);
    web_options(c, w, f, "step_min", steps, step_labels, COUNT_OF(step_labels));
    web_options(c, w, f, "booking_mode", modes, mode_labels, COUNT_OF(mode_labels));
    struct view *list = view_list(w->view, "zones");
    for (size_t i = 0; zones[i] != NULL; i++)
        view_item_text(list, zones[i]);
    show_equipment(c, w, f);
}
