#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "web/routes.h"

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    browser_open(&b, site);
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

static const char kitchen[] =
    "title=Copper+Pot&description=A+bright+kitchen+with+two+ovens+and+a+walk-in.&"
    "kitchen_type=bakery"
    "&address=1+Oak+St&city=Austin&state=TX&postal_code=78701&lat=30.2672&lng=-97.7431"
    "&timezone=America%2FChicago&square_feet=900&capacity=4&features=parking&"
    "restrictions="
    "&hourly_rate=50.00&offpeak_rate=&cleaning_fee=25&deposit=&min_hours=2&max_hours="
    "24&step_min=30"
    "&notice_hours=24&buffer_before_min=0&buffer_after_min=30&cancellation_policy="
    "moderate"
    "&booking_mode=instant&qty_range=2&qty_walk_in_cooler=1";

static void make_kitchen(void)
{
    browser_log_in_as(&b, "host@example.com", "host");
    ck_assert_int_eq(browser_get(&b, "/host/listings/new"), 200);
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", kitchen), 303);
    ck_assert_str_eq(b.location, "/host/listings/1/edit");
}

START_TEST(a_host_lists_a_kitchen_and_finds_it_as_typed)
{
    make_kitchen();
    ck_assert_int_eq(browser_get(&b, "/host/listings/1/edit"), 200);
    ck_assert(browser_shows(&b, "value=\"50.00\""));
    ck_assert(browser_shows(&b, "Health permit"));
    ck_assert_int_eq(browser_get(&b, "/host/listings"), 200);
    ck_assert(browser_shows(&b, "Copper Pot"));
    ck_assert(browser_shows(&b, "Draft"));
}
END_TEST

START_TEST(a_program_may_name_equipment_by_its_key)
{
    static const char tail[] = "&qty_range=2&qty_walk_in_cooler=1";
    char form[2048];
    make_kitchen();
    snprintf(form, sizeof form,
        "%.*s&equipment=fryer&equipment=range&equipment=&qty_range=3&qty_large_mixer=0",
        (int)(sizeof kitchen - sizeof tail), kitchen);
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM kitchen_equipment WHERE kitchen_id = 2"),
        2);
    browser_get(&b, b.location);
    ck_assert(browser_shows(&b, "name=\"qty_fryer\" value=\"1\""));
    ck_assert(browser_shows(&b, "name=\"qty_range\" value=\"3\""));
    form[strlen("title=")] = '&'; /* no title */
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
    ck_assert(browser_shows(&b, "name=\"qty_fryer\" value=\"1\""));
    snprintf(form, sizeof form, "%s&equipment=catapult", kitchen);
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
    ck_assert(browser_shows(&b, "href=\"#f-equipment\""));
    ck_assert(browser_shows(&b, "id=\"f-equipment\""));
}
END_TEST

START_TEST(a_new_listing_sent_twice_by_one_form_is_one_draft)
{
    char form[2048];
    make_kitchen();
    browser_get(&b, "/host/listings/new");
    ck_assert(browser_shows(&b, "name=\"idempotency_key\" value=\""));
    snprintf(form, sizeof form, "%s&idempotency_key=0123456789abcdef", kitchen);
    for (int i = 0; i < 2; i++) {
        browser_get(&b, "/host/listings/new");
        ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
        ck_assert_int_le(b.queries, site->last_route->queries);
        ck_assert_str_eq(b.location, "/host/listings/2/edit");
    }
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM kitchens"), 2);
    browser_get(&b, "/host/listings/new");
    form[strlen("title=")] = 'K';
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
    ck_assert(browser_shows(&b, "saved as a draft before"));
    ck_assert(browser_shows(&b, "value=\"Kopper Pot\""));
    ck_assert(!browser_shows(&b, "0123456789abcdef"));
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM kitchens"), 2);
    snprintf(form, sizeof form, "%s&idempotency_key=another-form-key", kitchen);
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
    ck_assert_str_eq(b.location, "/host/listings/3/edit");
}
END_TEST

START_TEST(who_may_not_list_yet_writes_no_form_in_vain)
{
    browser_log_in_as(&b, "host@example.com", "host");
    cash_int(site, "UPDATE users SET verified_at = NULL");
    ck_assert_int_eq(browser_get(&b, "/host/listings/new"), 303);
    ck_assert_str_eq(b.location, "/host/listings");
    ck_assert_int_eq(browser_get(&b, "/host/listings"), 200);
    ck_assert(browser_shows(&b, "Please confirm your e-mail address"));
    ck_assert(browser_shows(&b, "name=\"next\" value=\"/host/listings\""));
}
END_TEST

START_TEST(a_stale_form_changes_nothing)
{
    char form[2048];
    make_kitchen();
    browser_get(&b, "/host/listings/1/edit");
    snprintf(form, sizeof form, "%s&version=1", kitchen);
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/edit", form), 303);
    browser_get(&b, "/host/listings/1/edit");
    form[strlen("title=")] = 'K';
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/edit", form), 409);
    ck_assert(browser_shows(&b, "saved somewhere else"));
    ck_assert(browser_shows(&b, "value=\"Kopper Pot\""));
    ck_assert(browser_shows(&b, "name=\"version\" value=\"2\""));
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "value=\"Copper Pot\""));
}
END_TEST

START_TEST(the_whole_kitchen_has_room_for_as_many_as_the_form_says)
{
    char form[2048], *at;
    make_kitchen();
    snprintf(form, sizeof form, "%s&version=1", kitchen);
    at = strstr(form, "capacity=4");
    at[strlen("capacity=")] = '9';
    browser_get(&b, "/host/listings/1/edit");
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/edit", form), 303);
    browser_log_in_as(&b, "admin@example.com", "admin");
    ck_assert_int_eq(browser_get(&b, "/admin/listings/1"), 200);
    ck_assert(browser_shows(&b, "Whole kitchen ($50.00 an hour, 9 people)"));
}
END_TEST

START_TEST(a_kitchen_has_so_many_stations_and_no_more)
{
    char fields[100];
    make_kitchen();
    browser_get(&b, "/host/listings/1/edit");
    for (int i = 1; i < 40; i++) {
        snprintf(fields, sizeof fields, "name=Station+%d&rate=20&capacity=2", i);
        browser_get(&b, "/account");
        ck_assert_int_eq(browser_post(&b, "/host/listings/1/stations", fields), 303);
    }
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/stations",
                         "name=One+more&rate=20&capacity=2"),
        409);
}
END_TEST

/* Posts a station's form that is refused: so many queries at most, and the page. */
static void refuse_station(const char *path, const char *fields, int status)
{
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, path, fields), status);
    ck_assert_int_le(b.queries, site->last_route->queries);
    ck_assert(browser_shows(&b, "<h1>Copper Pot</h1>"));
    ck_assert(browser_shows(&b, "value=\"50.00\"")); /* the listing as it is */
}

START_TEST(a_station_that_is_refused_stands_in_its_form_as_typed)
{
    static const char add[] = "/host/listings/1/stations";
    make_kitchen();
    refuse_station(add, "name=&rate=cheap&capacity=7", 422);
    ck_assert(browser_shows(&b, "href=\"#station-name\">Name: Fill this in."));
    ck_assert(browser_shows(&b, "id=\"station-name-error\">Fill this in."));
    ck_assert(browser_shows(&b, "name=\"rate\" value=\"cheap\""));
    ck_assert(browser_shows(&b, "name=\"capacity\" value=\"7\""));
    ck_assert(browser_shows(&b, "name=\"capacity\" value=\"4\"")); /* the kitchen's */
    refuse_station(add, "name=Whole+kitchen&rate=20&capacity=2", 409);
    ck_assert(browser_shows(&b, "Choose another name."));
    ck_assert(browser_shows(&b, "name=\"name\" value=\"Whole kitchen\""));
    refuse_station(add, "name=Oven&capacity=1&price=1", 422);
    ck_assert(browser_shows(&b, "href=\"#spaces\">Spaces: This form has a field"));
    refuse_station("/host/listings/1/stations/set", "space_id=x&active=1", 422);
    ck_assert(browser_shows(&b, "href=\"#spaces\">Spaces: Station: "));
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM spaces"), 1);
    browser_log_in_as(&b, "other@example.com", "host");
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, add, "name="), 404);
}
END_TEST

START_TEST(as_many_kitchens_as_there_may_be_do_not_cost_what_was_typed)
{
    make_kitchen();
    cash_int(site,
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
        " INSERT INTO kitchens (host_id, title, slug, kitchen_type, address, city, "
        "region, postal_code, lat, lng, cell, timezone, rate_cents, created_at, "
        "updated_at) SELECT host_id, title, slug, kitchen_type, address, city, region, "
        "postal_code, lat, lng, cell, timezone, rate_cents, 1, 1 FROM kitchens, n");
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", kitchen), 409);
    ck_assert(browser_shows(&b, "as many as one account may have"));
    ck_assert(browser_shows(&b, "value=\"Copper Pot\""));
}
END_TEST

START_TEST(a_station_is_closed_and_opened_again)
{
    make_kitchen();
    browser_get(&b, "/host/listings/1/edit");
    browser_post(&b, "/host/listings/1/stations", "name=Oven&rate=20&capacity=2");
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "Close<span class=\"sr\"> Oven</span>"));
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/1/stations/set", "space_id=2"), 303);
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "$20.00 an hour, closed"));
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/1/stations/set", "space_id=2&active=1"), 303);
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(!browser_shows(&b, "an hour, closed"));
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/1/stations/set", "space_id=77"), 404);
}
END_TEST

START_TEST(another_host_does_not_find_it)
{
    make_kitchen();
    browser_log_in_as(&b, "other@example.com", "host");
    ck_assert_int_eq(browser_get(&b, "/host/listings/1/edit"), 404);
    browser_get(&b, "/host/listings");
    ck_assert(!browser_shows(&b, "Copper Pot"));
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/submit", ""), 404);
    ck_assert_int_eq(
        browser_post(&b, "/host/listings/1/stations", "name=Mine&rate=&capacity=1"),
        404);
}
END_TEST

START_TEST(what_is_wrong_stands_beside_its_field_and_the_rest_is_kept)
{
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new",
                         "title=Copper+Pot&hourly_rate=-5&lat=900&timezone=Mars%2FBase&"
                         "max_hours=1&min_hours=2"),
        422);
    ck_assert(browser_shows(&b, "value=\"Copper Pot\""));
    ck_assert(browser_shows(&b, "such as America/Chicago"));
    ck_assert(browser_shows(&b, "cannot be shorter than the shortest"));
    ck_assert_int_eq(browser_get(&b, "/host/listings/1/edit"), 404);
}
END_TEST

/* The form with other values for some fields: "name=value&name=value". */
static void form_with(char out[2048], const char *changes)
{
    snprintf(out, 2048, "%s", kitchen);
    for (const char *s = changes; *s != '\0'; s += strcspn(s, "&"), s += *s == '&') {
        char name[32], rest[2048];
        int name_n = (int)strcspn(s, "=");
        snprintf(name, sizeof name, "&%.*s=", name_n, s);
        char *at = strstr(out, name);
        ck_assert_ptr_nonnull(at);
        snprintf(rest, sizeof rest, "%s", at + 1 + strcspn(at + 1, "&"));
        snprintf(
            at, 2048 - (size_t)(at - out), "&%.*s%s", (int)strcspn(s, "&"), s, rest);
    }
}

static const struct {
    int line;
    const char *changes, *words;
} places[] = {
    { __LINE__, "state=", "f-state" },
    { __LINE__, "postal_code=7870", "f-postal_code" },
    { __LINE__, "postal_code=ABCDE", "such as 78701 or 78701-1234" },
    { __LINE__, "postal_code=78701-12", "such as 78701 or 78701-1234" },
    { __LINE__, "postal_code=99999", "There is no ZIP code 99999" },
    { __LINE__, "postal_code=10010", "The ZIP code 10010 is in New York, NY" },
    { __LINE__, "state=CA", "The ZIP code 78701 is in Austin, TX" },
    { __LINE__, "lat=32.78&lng=-96.80", "This is 182 miles from the ZIP code" },
    { __LINE__, "lat=", "Give both or neither" },
    { __LINE__, "lng=", "Give both or neither" },
    { __LINE__, "lat=x", "f-lat" },
    { __LINE__, "max_hours=25", "from 1 to 24" },
};

START_TEST(a_place_that_cannot_be_is_refused_at_its_field)
{
    char form[2048];
    site_load_places(site);
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    ck_assert(browser_shows(&b, "<option value=\"\">Choose the state"));
    form_with(form, places[_i].changes);
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
    ck_assert_msg(browser_shows(&b, places[_i].words), "case at line %d: %s",
        places[_i].line, places[_i].words);
}
END_TEST

START_TEST(without_coordinates_the_zip_codes_place_is_taken)
{
    char form[2048];
    site_load_places(site);
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    form_with(form, "lat=&lng=&postal_code=78702-1234");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "value=\"30.2638\""));
    ck_assert(browser_shows(&b, "value=\"-97.7166\""));
}
END_TEST

START_TEST(what_was_left_empty_is_shown_nowhere)
{
    char form[2048];
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    form_with(form, "square_feet=&features=&qty_range=&qty_walk_in_cooler=");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "name=\"square_feet\" value=\"\""));
    browser_get(&b, "/listings/1-copper-pot");
    ck_assert(!browser_shows(&b, "id=\"equipment\""));
    browser_log_in_as(&b, "admin@example.com", "admin");
    browser_get(&b, "/admin/listings/1");
    ck_assert(!browser_shows(&b, "square feet"));
}
END_TEST

START_TEST(without_a_gazetteer_any_zip_code_will_do_but_not_without_coordinates)
{
    char form[2048];
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    form_with(form, "lat=&lng=");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
    ck_assert(browser_shows(&b, "Say where it is on the map"));
    form_with(form, "postal_code=99999");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
}
END_TEST

START_TEST(a_field_that_is_not_of_the_form_is_refused)
{
    char form[2048];
    browser_log_in_as(&b, "host@example.com", "host");
    browser_get(&b, "/host/listings/new");
    snprintf(form, sizeof form, "%s&host_id=2&state_=active", kitchen);
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 422);
}
END_TEST

START_TEST(submitting_works_once)
{
    make_kitchen();
    browser_get(&b, "/host/listings/1/edit");
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/submit", ""), 303);
    browser_get(&b, "/host/listings/1/edit");
    ck_assert(browser_shows(&b, "Waiting for approval"));
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/submit", ""), 409);
}
END_TEST

void page_listings(Suite *s)
{
    TCase *t = tcase_create("listings");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_add_loop_test(t, a_place_that_cannot_be_is_refused_at_its_field, 0,
        sizeof places / sizeof *places);
    tcase_add_test(t, what_was_left_empty_is_shown_nowhere);
    tcase_add_test(t, without_coordinates_the_zip_codes_place_is_taken);
    tcase_add_test(
        t, without_a_gazetteer_any_zip_code_will_do_but_not_without_coordinates);
    tcase_add_test(t, a_host_lists_a_kitchen_and_finds_it_as_typed);
    tcase_add_test(t, a_program_may_name_equipment_by_its_key);
    tcase_add_test(t, a_new_listing_sent_twice_by_one_form_is_one_draft);
    tcase_add_test(t, who_may_not_list_yet_writes_no_form_in_vain);
    tcase_add_test(t, a_stale_form_changes_nothing);
    tcase_add_test(t, the_whole_kitchen_has_room_for_as_many_as_the_form_says);
    tcase_add_test(t, a_kitchen_has_so_many_stations_and_no_more);
    tcase_add_test(t, a_station_that_is_refused_stands_in_its_form_as_typed);
    tcase_add_test(t, as_many_kitchens_as_there_may_be_do_not_cost_what_was_typed);
    tcase_add_test(t, a_station_is_closed_and_opened_again);
    tcase_add_test(t, another_host_does_not_find_it);
    tcase_add_test(t, what_is_wrong_stands_beside_its_field_and_the_rest_is_kept);
    tcase_add_test(t, a_field_that_is_not_of_the_form_is_refused);
    tcase_add_test(t, submitting_works_once);
    suite_add_tcase(s, t);
}
