/* A listing with every field that its form has, each with a value of its own: what is
 * written is what the form shows again, and what renters read. */
#include <stdio.h>
#include <string.h>

#include "page.h"

#include "domain/catalogue.h"
#include "support/site.h"
#include "util/guard.h"
#include "util/text.h"

static struct site *site;
static struct browser b;
static struct arena *arena;

static void open_browser(void)
{
    site = site_fresh();
    arena = arena_new(1024 * 1024);
    browser_open(&b, site);
    browser_log_in_as(&b, "host@example.com", "host");
}

static void close_browser(void)
{
    browser_close(&b);
    arena_free(arena);
    site_gone(site);
}

enum kind { INPUT, LINES, SELECT, RADIO, CHECKS };

/* First as it is listed, then as it is changed; SHOWN: the words for it on the
 * kitchen's page, NULL: none, they are not for everybody or not said in words. */
static const struct value {
    enum kind kind;
    const char *name, *first, *first_shown, *then, *then_shown;
} all[] = {
    { INPUT, "title", "Blue Door", "<h1>Blue Door</h1>", "Red Door",
        "<h1>Red Door</h1>" },
    { SELECT, "kitchen_type", "ghost", "Delivery kitchen in ", "church",
        "Church or school kitchen in " },
    { LINES, "description", "Eleven burners, all of them new.",
        "<p>Eleven burners, all of them new.</p>", "Twelve burners, one of them old.",
        "<p>Twelve burners, one of them old.</p>" },
    { INPUT, "square_feet", "1234", "1234 sq ft", "2345", "2345 sq ft" },
    { INPUT, "capacity", "17", "17 people", "19", "19 people" },
    { INPUT, "address", "77 Quince Rd", NULL, "88 Quince Rd", NULL },
    { INPUT, "city", "Boulder", " in Boulder, CO", "Denver", " in Denver, CO" },
    { SELECT, "state", "CO", "Boulder, CO", "CO", "Denver, CO" },
    { INPUT, "postal_code", "80302", NULL, "80203", NULL },
    { INPUT, "lat", "40.0123", NULL, "39.7345", NULL },
    { INPUT, "lng", "-105.2712", NULL, "-104.9812", NULL },
    { INPUT, "timezone", "America/Denver", NULL, "America/Phoenix", NULL },
    { LINES, "access_notes", "The bell is broken: knock", NULL, "Ring twice", NULL },
    { LINES, "restrictions", "No frying after ten", "<dd>No frying after ten</dd>",
        "No frying at all", "<dd>No frying at all</dd>" },
    { LINES, "accessibility", "Two steps at the door", "<dd>Two steps at the door</dd>",
        "A ramp at the back", "<dd>A ramp at the back</dd>" },
    { LINES, "certifications", "Organic since 2019", "<dd>Organic since 2019</dd>",
        "Organic since 2021", "<dd>Organic since 2021</dd>" },
    { INPUT, "hourly_rate", "63.50", "$63.50", "71.25", "$71.25" },
    { INPUT, "cleaning_fee", "41.00", "$41.00", "43.00", "$43.00" },
    { INPUT, "deposit", "350.00", "$350.00, only for damage", "475.00",
        "$475.00, only for damage" },
    { INPUT, "offpeak_rate", "31.75", "$31.75 an hour, 21:15 to 05:45", "29.00",
        "$29.00 an hour, 13:00 to 16:30" },
    { INPUT, "offpeak_start", "21:15", "21:15 to 05:45", "13:00", "13:00 to 16:30" },
    { INPUT, "offpeak_end", "05:45", "21:15 to 05:45", "16:30", "13:00 to 16:30" },
    { INPUT, "min_hours", "3", "3 h to 11 h", "4", "4 h to 13 h" },
    { INPUT, "max_hours", "11", "3 h to 11 h", "13", "4 h to 13 h" },
    { INPUT, "notice_hours", "37", "37 h", "55", "55 h" },
    { SELECT, "step_min", "15", NULL, "60", NULL },
    { INPUT, "buffer_before_min", "45", NULL, "15", NULL },
    { INPUT, "buffer_after_min", "75", NULL, "90", NULL },
    { SELECT, "cancellation_policy", "strict", "Cancellation: Strict", "flexible",
        "Cancellation: Flexible" },
    { RADIO, "booking_mode", "request", NULL, "instant", "Instant book" },
    { CHECKS, "features", "wifi", "Wi-Fi", "halal", "Halal" },
};

/* Of equipment I there are so many. */
static int amount(size_t i, bool changed)
{
    return (int)i + (changed ? 12 : 2);
}

static const char *form(bool changed, const char *first_fields)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    const char *text = first_fields;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        text = arena_printf(arena, "%s&%s=", text, all[i].name);
        for (const char *s = changed ? all[i].then : all[i].first; *s != '\0'; s++)
            text = arena_printf(
                arena, strchr(" :,/", *s) != NULL ? "%s%%%02x" : "%s%c", text, *s);
    }
    for (size_t i = 0; i < n; i++)
        text =
            arena_printf(arena, "%s&qty_%s=%d", text, items[i].key, amount(i, changed));
    return text;
}

/* Is VALUE what the form on the page has in the field? */
static bool holds(const struct value *v, const char *value)
{
    bool has_id = v->kind == SELECT || v->kind == LINES;
    const char *marker =
        has_id ? arena_printf(arena, " id=\"f-%s\" name=\"%s\"", v->name, v->name)
               : arena_printf(arena, " name=\"%s\" value=\"%s\"", v->name, value);
    const char *at = strstr(browser_body(&b), marker);
    if (at == NULL)
        return false;
    if (v->kind == INPUT)
        return true;
    const char *end = strchr(at, '>');
    const char *chosen = arena_printf(arena, "<option value=\"%s\" selected>", value);
    switch (v->kind) {
    case LINES:
        return text_starts(end, arena_printf(arena, ">%s</textarea>", value));
    case SELECT:
        return strstr(at, chosen) != NULL &&
               strstr(at, chosen) < strstr(at, "</select>");
    default:
        return strstr(at, " checked") != NULL && strstr(at, " checked") < end;
    }
}

static void expect_the_form(bool changed)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    ck_assert_int_eq(browser_get(&b, "/host/listings/1/edit"), 200);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const char *value = changed ? all[i].then : all[i].first;
        ck_assert_msg(holds(&all[i], value), "%s is not %s", all[i].name, value);
    }
    for (size_t i = 0; i < n; i++) {
        const char *field = arena_printf(
            arena, " name=\"qty_%s\" value=\"%d\"", items[i].key, amount(i, changed));
        ck_assert_msg(browser_shows(&b, field), "not there:%s", field);
    }
}

static void expect_the_page(bool changed, const char *path)
{
    size_t n;
    const struct catalogue_item *items = catalogue_list(CATALOGUE_EQUIPMENT, &n);
    ck_assert_int_eq(browser_get(&b, path), 200);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const char *shown = changed ? all[i].then_shown : all[i].first_shown;
        ck_assert_msg(shown == NULL || browser_shows(&b, shown), "%s: %s is not there",
            all[i].name, shown);
    }
    for (size_t i = 0; i < n; i++) {
        const char *line =
            arena_printf(arena, "%s <b>× %d</b>", items[i].label, amount(i, changed));
        ck_assert_msg(browser_shows(&b, line), "%s is not there", line);
    }
    ck_assert(!browser_shows(&b, "Quince"));
    ck_assert(!browser_shows(&b, changed ? "Ring twice" : "The bell is broken"));
}

START_TEST(every_field_of_a_listing_is_kept_and_shown_and_so_is_its_change)
{
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/new", form(false, "version=0")), 303);
    expect_the_form(false);
    expect_the_page(false, "/listings/1-blue-door");
    browser_get(&b, "/host/listings/1/edit");
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/1/edit", form(true, "version=1")), 303);
    expect_the_form(true);
    expect_the_page(true, "/listings/1-red-door");
}
END_TEST

static bool is_known(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (text_is(all[i].name, name))
            return true;
    return text_starts(name, "qty_") || text_is(name, "csrf") ||
           text_is(name, "idempotency_key") || text_is(name, "version");
}

START_TEST(the_form_of_a_listing_has_no_other_fields)
{
    browser_get(&b, "/host/listings/new");
    const char *at = strstr(browser_body(&b), "action=\"/host/listings/new\"");
    ck_assert_ptr_nonnull(at);
    const char *end = strstr(at, "</form>");
    size_t n = 0;
    for (; (at = strstr(at, " name=\"")) != NULL && at < end; n++) {
        at += strlen(" name=\"");
        const char *name = arena_strndup(arena, at, strcspn(at, "\""));
        ck_assert_msg(is_known(name), "%s", name);
    }
    ck_assert_uint_gt(n, COUNT_OF(all) + 30);
}
END_TEST

void page_whole_listing(Suite *s)
{
    TCase *t = tcase_create("whole_listing");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_add_test(t, every_field_of_a_listing_is_kept_and_shown_and_so_is_its_change);
    tcase_add_test(t, the_form_of_a_listing_has_no_other_fields);
    suite_add_tcase(s, t);
}
