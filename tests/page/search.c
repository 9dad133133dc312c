/* The search page over the demo city. The clock stands at Wednesday 25 November
 * 2026, 18:00 in Austin. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "web/routes.h"

static struct site *site;
static struct browser b;

static void set_up(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
}

static void tear_down(void)
{
    browser_close(&b);
    site_gone(site);
}

static int cards(void)
{
    int n = 0;
    for (const char *at = browser_body(&b);
         (at = strstr(at, "<li class=\"kitchen\"")) != NULL; at++)
        n++;
    return n;
}

START_TEST(a_search_shows_earliest_starts_with_their_final_price)
{
    ck_assert_int_eq(
        browser_get(&b, "/search?where=Austin,+TX&date=2026-11-30&hours=9"), 200);
    ck_assert_int_eq(cards(), 20);
    ck_assert(browser_shows(&b, "Kitchens near Austin, TX"));
    ck_assert(browser_shows(&b, "20+ kitchens, nearest first"));
    ck_assert(browser_shows(&b, "Mon 30 Nov 2026, 9 h"));
    ck_assert(browser_shows(&b, "Earliest <strong>"));
    ck_assert(browser_shows(&b, "</strong> all in"));
    ck_assert(browser_shows(&b, "<svg class=\"map\""));
    ck_assert(browser_shows(&b, "date=2026-11-30&amp;start="));
}
END_TEST

START_TEST(the_place_data_is_named_under_the_map_as_its_license_asks)
{
    browser_get(&b, "/search?where=Austin,+TX");
    const char *map =
        strstr(browser_body(&b), "</svg>\n<p class=\"small muted\">Places "
                                 "from GeoNames (geonames.org), CC BY 4.0");
    ck_assert_ptr_nonnull(map);
    site->app.conf.geo_attribution = "Places from <others>";
    browser_get(&b, "/search?where=Austin,+TX");
    ck_assert(browser_shows(&b, "Places from &lt;others&gt;"));
    ck_assert(!browser_shows(&b, "GeoNames"));
    site->app.conf.geo_attribution = "";
    browser_get(&b, "/search?where=Austin,+TX");
    ck_assert(!browser_shows(&b, "Places from"));
}
END_TEST

/* Copies of kitchen 6, N of them. */
static void copy_kitchen(int n)
{
    cash_int(site,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "%lld) INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, "
        "address, city, region, postal_code, lat, lng, cell, timezone, rate_cents, "
        "week, bookable, created_at, updated_at) SELECT host_id, state, 'Copy ' || i, "
        "'copy', kitchen_type, address, city, region, postal_code, lat, lng, cell, "
        "timezone, rate_cents, week, bookable, 1, 1 FROM kitchens, n WHERE id = 6",
        (long long)n);
    cash_int(site,
        "INSERT INTO spaces (kitchen_id, kind, name) SELECT id, 'whole', 'Whole "
        "kitchen' FROM kitchens WHERE slug = 'copy'");
}

START_TEST(a_page_in_order_of_price_or_rating_says_when_only_the_nearest_are_ranked)
{
    static const char *const urls[] = { "/search?where=Austin,+TX&sort=price",
        "/search?where=Austin,+TX&sort=rating", "/search?where=Austin,+TX" };
    static const char *const orders[] = { "20+ kitchens, cheapest first",
        "20+ kitchens, best rated first", "20+ kitchens, nearest first" };
    for (int many = 0; many < 2; many++) {
        if (many)
            copy_kitchen(200);
        for (size_t i = 0; i < COUNT_OF(urls); i++) {
            ck_assert_int_eq(browser_get(&b, urls[i]), 200);
            ck_assert_int_le(b.queries, site->last_route->queries);
            ck_assert(browser_shows(&b, orders[i]));
            ck_assert_int_eq(
                browser_shows(&b, "Of the 200 nearest."), many == 1 && i < 2);
        }
    }
}
END_TEST

/* A city of the front page, and where it leads. */
static void open_first_city(void)
{
    char path[200];
    ck_assert_int_eq(browser_get(&b, "/"), 200);
    ck_assert_int_le(b.queries, site->last_route->queries);
    const char *link = strstr(browser_body(&b), "href=\"/search?where=");
    ck_assert_ptr_nonnull(link);
    link += strlen("href=\"");
    snprintf(path, sizeof path, "%.*s", (int)strcspn(link, "\""), link);
    ck_assert_int_eq(browser_get(&b, path), 200);
    ck_assert_int_eq(cards(), 20);
}

START_TEST(a_city_of_the_front_page_leads_to_its_kitchens)
{
    open_first_city();
    ck_assert(browser_shows(&b, "Kitchens near Austin, TX"));
}
END_TEST

START_TEST(so_does_a_city_that_no_list_of_places_has)
{
    cash_int(site, "UPDATE kitchens SET city = 'Four Corners'");
    open_first_city();
    ck_assert(browser_shows(&b, "Kitchens near 30.2"));
}
END_TEST

START_TEST(the_next_page_goes_on_where_the_first_ended)
{
    ck_assert_int_eq(
        browser_get(&b, "/search?where=78701&radius_mi=100&hours=2&page=2"), 200);
    ck_assert_int_ge(cards(), 1);
    ck_assert(browser_shows(&b, "Page 2, nearest first"));
    ck_assert(browser_shows(&b, "rel=\"prev\""));
    ck_assert(!browser_shows(&b, "data-point=\"20\""));
    ck_assert(browser_shows(&b, "data-point=\"21\""));
}
END_TEST

START_TEST(what_was_asked_is_kept_in_the_form)
{
    ck_assert_int_eq(
        browser_get(&b,
            "/search?where=Austin%2C+TX&q=oven&equipment=fryer&equipment=griddle"
            "&radius_mi=40&sort=price&max_price_cents=6000&start=08:00&end=24:00"),
        200);
    ck_assert(browser_shows(&b, "value=\"Austin, TX\""));
    ck_assert(browser_shows(&b, "value=\"oven\""));
    ck_assert(browser_shows(&b, "value=\"fryer\" checked"));
    ck_assert(browser_shows(&b, "value=\"griddle\" checked"));
    ck_assert(browser_shows(&b, "<option value=\"40\" selected>40 miles"));
    ck_assert(browser_shows(&b, "<option value=\"price\" selected>"));
    ck_assert(browser_shows(&b, "<option value=\"6000\" selected>"));
    ck_assert(browser_shows(&b, "value=\"08:00\""));
}
END_TEST

START_TEST(filters_in_use_are_counted_and_do_not_stand_before_the_answer)
{
    static const char *const wrong[] = { "end=x", "max_price_cents=x", "radius_mi=x",
        "equipment=x", "q=%22*" };
    browser_get(&b, "/search?where=Austin,+TX");
    ck_assert(browser_shows(&b, "<details class=\"more\">"));
    ck_assert(!browser_shows(&b, " set</span>"));
    browser_get(&b,
        "/search?where=Austin,+TX&q=oven&equipment=fryer&equipment=griddle&radius_mi=40"
        "&max_price_cents=6000&end=24:00");
    ck_assert(browser_shows(&b, "<details class=\"more\">"));
    ck_assert(browser_shows(&b, ">6 set</span>"));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char path[80];
        snprintf(path, sizeof path, "/search?where=Austin,+TX&%s", wrong[i]);
        ck_assert_int_eq(browser_get(&b, path), 422);
        ck_assert_msg(browser_shows(&b, "<details class=\"more\" open>"), "%s", path);
    }
}
END_TEST

START_TEST(without_a_place_the_page_asks_for_one)
{
    ck_assert_int_eq(browser_get(&b, "/search?hours=3"), 200);
    ck_assert(browser_shows(&b, "Where do you want to cook?"));
    ck_assert(!browser_shows(&b, "Sort by") && !browser_shows(&b, "3 h</p>"));
    ck_assert_int_eq(b.queries, 0);
}
END_TEST

START_TEST(a_name_of_many_places_offers_the_others)
{
    ck_assert_int_eq(browser_get(&b, "/search?where=Portland"), 200);
    ck_assert(browser_shows(&b, "Kitchens near Portland, OR"));
    ck_assert(browser_shows(&b, "/search?where=Portland%2C%20ME"));
    ck_assert(browser_shows(&b, "No kitchen fits all of that"));
    ck_assert(browser_shows(&b, "role=\"status\">No kitchens</p>"));
    ck_assert(browser_shows(&b, "Within 100 miles"));
}
END_TEST

static const struct {
    int line;
    const char *query, *words;
} wrong_cases[] = {
    { __LINE__, "where=Atlantis", "We know no such place" },
    { __LINE__, "where=95,200", "Latitude goes from" },
    { __LINE__, "where=Austin&radius_mi=0", "f-radius_mi" },
    { __LINE__, "where=Austin&radius_mi=101", "f-radius_mi" },
    { __LINE__, "where=Austin&radius_mi=1e9", "f-radius_mi" },
    { __LINE__, "where=Austin&date=2026-11-01", "That day has passed" },
    { __LINE__, "where=Austin&date=9999-12-31", "that far ahead" },
    { __LINE__, "where=Austin&date=2026-02-30", "f-date" },
    { __LINE__, "where=Austin&start=25:00", "f-start" },
    { __LINE__, "where=Austin&hours=2.1", "quarter hours" },
    { __LINE__, "where=Austin&hours=-3", "f-hours" },
    { __LINE__, "where=Austin&hours=0", "f-hours" },
    { __LINE__, "where=Austin&hours=25", "f-hours" },
    { __LINE__, "where=Austin&start=10:00&end=10:00", "same as the start" },
    { __LINE__, "where=Austin&hours=nan", "f-hours" },
    { __LINE__, "where=Austin&max_price_cents=-1", "f-max_price_cents" },
    { __LINE__, "where=Austin&max_price_cents=99999999999999999999",
        "f-max_price_cents" },
    { __LINE__, "where=Austin&equipment=catapult", "f-equipment" },
    { __LINE__, "where=Austin&sort=magic", "f-sort" },
    { __LINE__, "where=Austin&page=0", "f-page" },
    { __LINE__, "where=Austin&page=11", "f-page" },
    { __LINE__, "where=Austin&q=%22*", "Give a word" },
};

START_TEST(absurd_wishes_get_an_error_beside_their_field)
{
    char path[200];
    snprintf(path, sizeof path, "/search?%s", wrong_cases[_i].query);
    int status = browser_get(&b, path);
    ck_assert_msg(status == 422, "case at line %d: %d", wrong_cases[_i].line, status);
    ck_assert_msg(browser_shows(&b, wrong_cases[_i].words), "case at line %d",
        wrong_cases[_i].line);
    ck_assert(browser_shows(&b, "form-errors"));
}
END_TEST

START_TEST(what_is_wrong_comes_back_in_its_field)
{
    ck_assert_int_eq(
        browser_get(&b, "/search?where=Austin&radius_mi=99999&hours=-1"), 422);
    ck_assert(browser_shows(&b, "<option value=\"99999\" selected>99999 miles"));
    ck_assert(browser_shows(&b, "<option value=\"-1\" selected>-1 hours"));
}
END_TEST

START_TEST(what_people_type_is_shown_as_text_only)
{
    ck_assert_int_eq(
        browser_get(&b, "/search?where=%3Cscript%3Ealert(1)%3C/script%3E"), 422);
    ck_assert(!browser_shows(&b, "<script>alert"));
    ck_assert(browser_shows(&b, "&lt;script&gt;"));
}
END_TEST

START_TEST(the_page_stays_within_its_queries)
{
    static const char *const paths[] = { "/search?where=Austin,+TX",
        "/search?where=Austin,+TX&date=2026-11-30&hours=4",
        "/search?where=Austin,+TX&q=oven&date=2026-11-30",
        "/search?where=Portland,+ME" };
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        ck_assert_int_eq(browser_get(&b, paths[i]), 200);
        ck_assert_msg(b.queries <= 8, "%s: %d", paths[i], b.queries);
    }
}
END_TEST

void page_search(Suite *s)
{
    TCase *t = tcase_create("search");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, what_is_wrong_comes_back_in_its_field);
    tcase_add_test(t, a_search_shows_earliest_starts_with_their_final_price);
    tcase_add_test(t, the_place_data_is_named_under_the_map_as_its_license_asks);
    tcase_add_test(
        t, a_page_in_order_of_price_or_rating_says_when_only_the_nearest_are_ranked);
    tcase_add_test(t, a_city_of_the_front_page_leads_to_its_kitchens);
    tcase_add_test(t, so_does_a_city_that_no_list_of_places_has);
    tcase_add_test(t, the_next_page_goes_on_where_the_first_ended);
    tcase_add_test(t, what_was_asked_is_kept_in_the_form);
    tcase_add_test(t, filters_in_use_are_counted_and_do_not_stand_before_the_answer);
    tcase_add_test(t, without_a_place_the_page_asks_for_one);
    tcase_add_test(t, a_name_of_many_places_offers_the_others);
    tcase_add_loop_test(
        t, absurd_wishes_get_an_error_beside_their_field, 0, COUNT_OF(wrong_cases));
    tcase_add_test(t, what_people_type_is_shown_as_text_only);
    tcase_add_test(t, the_page_stays_within_its_queries);
    suite_add_tcase(s, t);
}
