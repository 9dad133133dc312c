#include "domain/search.h"

#include <math.h>
#include <string.h>

#include "domain/places.h"
#include "domain/squares.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct db_test t;
static int64_t host_id, vendor_id;
static struct search_request request;
static struct search_page page;

/* A minute of 26 November 2026 in Chicago, and its date. */
enum { THURSDAY = 20783 };
static int64_t thursday(int64_t minute)
{
    return INT64_C(1795672800) + minute * 60;
}

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    request = (struct search_request) {
        .filter = { .lat = 30.2672, .lng = -97.7431, .radius_mi = 25, .words = "" },
        .wish = { .day = ANY_DAY, .start_min = ANY_TIME, .end_min = ANY_TIME },
        .page = 1,
    };
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* A kitchen so many miles north of the middle of Austin, in the index. */
static int64_t kitchen_at(double north_mi, const char *title)
{
    int64_t id = make_kitchen(&t, host_id);
    db_test_exec(&t, "UPDATE kitchens SET lat = lat + %f, title = %Q WHERE id = %lld",
        north_mi / 69.0934, title, (long long)id);
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(search_index(c, id) == OK);
    ck_assert(db_commit(c->db) == OK);
    db_test_end(&t);
    return id;
}

static enum result find(void)
{
    return search_find(db_test_begin(&t, DB_READ, 0), &request, &page);
}

/* The titles found, one after the other. */
static const char *titles(void)
{
    enum result r = find();
    ck_assert_msg(r == OK, "%s", t.c.message);
    const char *text = "";
    for (size_t i = 0; i < page.n; i++)
        text = ctx_printf(&t.c, "%s%s", text, page.offers[i].title);
    return text;
}

START_TEST(an_offer_has_the_earliest_start_and_the_final_price)
{
    kitchen_at(1, "A");
    request.wish.length_min = 540;
    ck_assert_str_eq(titles(), "A");
    const struct offer *o = &page.offers[0];
    ck_assert_int_eq(o->start_at, TEST_NOW_AT + 86400);
    ck_assert_int_eq(o->end_at, TEST_NOW_AT + 86400 + 9 * 3600);
    ck_assert_int_eq(o->quote.total.n, 61845);
    ck_assert_double_eq_tol(o->distance_mi, 1, 0.01);
    ck_assert(!page.more);
}
END_TEST

START_TEST(without_a_length_the_kitchens_shortest_booking_counts)
{
    kitchen_at(1, "A");
    ck_assert_str_eq(titles(), "A");
    ck_assert_int_eq(page.offers[0].end_at - page.offers[0].start_at, 2 * 3600);
}
END_TEST

START_TEST(nearest_come_first_and_the_radius_ends_it)
{
    kitchen_at(24, "E");
    kitchen_at(0.2, "A");
    kitchen_at(26, "F");
    kitchen_at(9, "D");
    kitchen_at(1, "B");
    kitchen_at(-2, "C");
    ck_assert_str_eq(titles(), "ABCDE");
    request.filter.radius_mi = 5;
    ck_assert_str_eq(titles(), "ABC");
}
END_TEST

START_TEST(what_cannot_be_booked_is_not_found)
{
    int64_t id = kitchen_at(1, "A");
    db_test_exec(&t, "UPDATE kitchens SET bookable = 0 WHERE id = %lld", (long long)id);
    ck_assert_str_eq(titles(), "");
    db_test_exec(&t, "UPDATE kitchens SET bookable = 1, week = x'' WHERE id = %lld",
        (long long)id);
    ck_assert_str_eq(titles(), "");
}
END_TEST

START_TEST(a_taken_day_moves_the_earliest_start)
{
    int64_t id = kitchen_at(1, "A");
    request.wish.day = THURSDAY;
    request.wish.length_min = 240;
    ck_assert_str_eq(titles(), "A");
    ck_assert_int_eq(page.offers[0].start_at, thursday(360));
    make_booking(&t, whole_space(&t, id), vendor_id, thursday(480), thursday(720));
    ck_assert_str_eq(titles(), "A");
    ck_assert_int_eq(page.offers[0].start_at, thursday(720));
    make_booking(&t, whole_space(&t, id), vendor_id, thursday(900), thursday(1020));
    ck_assert_str_eq(titles(), "A");
    ck_assert_int_eq(page.offers[0].start_at, thursday(1020));
    make_booking(
        &t, make_station(&t, id, "S", 0), vendor_id, thursday(1020), thursday(1200));
    ck_assert_str_eq(titles(), "");
}
END_TEST

START_TEST(a_kitchen_that_moves_takes_its_bookings_along)
{
    int64_t id = kitchen_at(1, "A");
    request.wish.day = THURSDAY;
    make_booking(&t, whole_space(&t, id), vendor_id, thursday(360), thursday(1320));
    db_test_exec(
        &t, "UPDATE kitchens SET lat = lat + 0.1 WHERE id = %lld", (long long)id);
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(search_index(c, id) == OK);
    ck_assert(db_commit(c->db) == OK);
    db_test_end(&t);
    ck_assert_str_eq(titles(), "");
    request.wish.day = THURSDAY + 1;
    ck_assert_str_eq(titles(), "A");
    ck_assert_double_gt(page.offers[0].distance_mi, 7);
}
END_TEST

START_TEST(an_offer_shows_the_first_photo)
{
    static const char *const steps[][2] = { { "SELECT 1", "" },
        { "INSERT INTO photos VALUES (7, %lld, 1, 'seven', 1, 1, '', 1)", "seven" },
        { "INSERT INTO photos VALUES (8, %lld, 0, 'eight', 1, 1, '', 1)", "eight" },
        { "UPDATE photos SET position = 2 WHERE id = 8 AND kitchen_id = %lld",
            "seven" },
        { "DELETE FROM photos WHERE id = 7 AND kitchen_id = %lld", "eight" },
        { "DELETE FROM photos WHERE kitchen_id = %lld", "" } };
    int64_t id = kitchen_at(1, "A");
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        db_test_exec(&t, steps[i][0], (long long)id);
        ck_assert_str_eq(titles(), "A");
        const char *photo = page.offers[0].photo;
        ck_assert_str_eq(photo == NULL ? "" : photo, steps[i][1]);
        db_test_end(&t);
    }
}
END_TEST

START_TEST(an_exception_counts)
{
    int64_t id = kitchen_at(1, "A");
    kitchen_at(2, "B");
    request.wish.day = THURSDAY;
    db_test_exec(&t, "INSERT INTO exceptions VALUES (%lld, %d, 0, 1440, 0, '')",
        (long long)id, THURSDAY);
    ck_assert_str_eq(titles(), "B");
    request.wish.day = ANY_DAY;
    ck_assert_str_eq(titles(), "AB");
}
END_TEST

START_TEST(a_kitchen_full_for_weeks_is_looked_at_farther_ahead)
{
    int64_t id = kitchen_at(1, "A");
    for (int i = -2; i < 10; i++)
        db_test_exec(&t, "INSERT INTO exceptions VALUES (%lld, %d, 0, 1440, 0, '')",
            (long long)id, THURSDAY + i);
    ck_assert_str_eq(titles(), "A");
    ck_assert_int_eq(page.offers[0].start_at, thursday(360) + 10 * 86400);
}
END_TEST

static const struct {
    int line;
    int64_t start_min, end_min, length_min, first_min; /* first_min -1: nothing */
} window_cases[] = {
    { __LINE__, ANY_TIME, ANY_TIME, 120, 360 },
    { __LINE__, 600, ANY_TIME, 120, 600 },
    { __LINE__, 610, ANY_TIME, 120, 630 },
    { __LINE__, 600, 720, 0, 600 },
    { __LINE__, 600, 720, 120, 600 },
    { __LINE__, 615, 735, 0, -1 },
    { __LINE__, 600, 720, 150, -1 },
    { __LINE__, ANY_TIME, 480, 120, 360 },
    { __LINE__, ANY_TIME, 450, 120, -1 },
    { __LINE__, 1200, ANY_TIME, 120, 1200 },
    { __LINE__, 1230, ANY_TIME, 120, -1 },
    { __LINE__, 1200, 360, 120, 1200 },
    { __LINE__, 1260, 600, 120, 1800 },
    { __LINE__, ANY_TIME, ANY_TIME, 90, -1 },
    { __LINE__, ANY_TIME, ANY_TIME, 1440, -1 },
    { __LINE__, ANY_TIME, ANY_TIME, 135, -1 },
};

START_TEST(wished_hours_bound_the_booking)
{
    kitchen_at(1, "A");
    request.wish = (struct wish) { THURSDAY, window_cases[_i].start_min,
        window_cases[_i].end_min, window_cases[_i].length_min };
    enum result r = find();
    ck_assert(r == OK);
    int64_t first = page.n == 0 ? -1 : (page.offers[0].start_at - thursday(0)) / 60;
    ck_assert_msg(first == window_cases[_i].first_min, "case at line %d: %lld",
        window_cases[_i].line, (long long)first);
    request.wish.day = ANY_DAY;
    r = find();
    ck_assert(r == OK);
    ck_assert_msg((page.n > 0) == (window_cases[_i].first_min >= 0), "case at line %d",
        window_cases[_i].line);
}
END_TEST

START_TEST(equipment_rate_and_words_narrow_the_list)
{
    int64_t a = kitchen_at(1, "Ana's smokehouse. "),
            b = kitchen_at(2, "Bread & more. ");
    db_test_exec(&t,
        "UPDATE kitchens SET equipment_mask = 6, rate_cents = 3000 WHERE id = %lld;"
        "UPDATE kitchens SET equipment_mask = 2, description = 'Loading docks, "
        "caf\xc3\xa9'"
        " WHERE id = %lld",
        (long long)a, (long long)b);
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(search_index(c, a) == OK && search_index(c, b) == OK);
    ck_assert(db_commit(c->db) == OK);
    request.filter.equipment = 2;
    ck_assert_str_eq(titles(), "Ana's smokehouse. Bread & more. ");
    request.filter.equipment = 4;
    ck_assert_str_eq(titles(), "Ana's smokehouse. ");
    request.filter.equipment = 8;
    ck_assert_str_eq(titles(), "");
    request.filter.equipment = 0;
    request.filter.max_rate = cents_of(3000);
    ck_assert_str_eq(titles(), "Ana's smokehouse. ");
    request.filter.max_rate = cents_of(0);
    static const struct {
        const char *words, *found;
    } cases[] = {
        { "bread", "Bread & more. " },
        { "BREADS cafe dock", "Bread & more. " },
        { "deck oven", "Ana's smokehouse. " },
        { "bread smokehouse", "" },
        { "bread OR smokehouse", "" },
        { "bread\" OR \"smokehouse", "" },
        { "bread) AND (", "" },
        { "bread) (more", "Bread & more. " },
        { "title:bread", "" },
        { "commissary kitchen austin", "Ana's smokehouse. Bread & more. " },
        { "\xe2\x80\x94 bread", "Bread & more. " },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        request.filter.words = cases[i].words;
        ck_assert_msg(text_is(titles(), cases[i].found), "%s", cases[i].words);
    }
    request.filter.words = "\"*^ -";
    ck_assert(find() == R_INVALID);
}
END_TEST

START_TEST(words_are_found_far_off_too_but_not_past_the_radius)
{
    kitchen_at(60, "B");
    kitchen_at(1, "A");
    kitchen_at(99, "C");
    request.filter.words = "commissary";
    ck_assert_str_eq(titles(), "A");
    request.filter.radius_mi = 100;
    ck_assert_str_eq(titles(), "ABC");
}
END_TEST

START_TEST(sorted_by_price_the_cheapest_total_comes_first)
{
    static const int rates[] = { 5000, 2000, 9000, 2000, 4000 };
    for (int i = 0; i < 5; i++) {
        int64_t id = kitchen_at(1 + i, (const char *[]) { "A", "B", "C", "D", "E" }[i]);
        db_test_exec(&t, "UPDATE kitchens SET rate_cents = %d WHERE id = %lld",
            rates[i], (long long)id);
    }
    /* At night C costs less than anybody. */
    db_test_exec(&t,
        "UPDATE kitchens SET offpeak_rate_cents = 1000, offpeak_start_min = 1080,"
        " offpeak_end_min = 360 WHERE title = 'C'");
    request.sort = SEARCH_PRICE;
    ck_assert_str_eq(titles(), "BDEAC");
    request.wish.start_min = 1140;
    ck_assert_str_eq(titles(), "CBDEA");
}
END_TEST

START_TEST(sorted_by_rating_the_best_comes_first_and_the_unrated_last)
{
    static const int sums[] = { 0, 9, 20, 5, 10 }, counts[] = { 0, 2, 5, 1, 2 };
    for (int i = 0; i < 5; i++) {
        int64_t id = kitchen_at(1 + i, (const char *[]) { "A", "B", "C", "D", "E" }[i]);
        db_test_exec(&t,
            "UPDATE kitchens SET rating_sum = %d, rating_count = %d WHERE id = %lld",
            sums[i], counts[i], (long long)id);
    }
    request.sort = SEARCH_RATING;
    ck_assert_str_eq(titles(), "EDBCA");
}
END_TEST

/* ---- many ---------------------------------------------------------------------------
 */

/* N kitchens scattered within about 40 miles, most of them close to the middle, a third
 * of them where there is no tax. */
static void scatter(int n)
{
    int64_t first = make_kitchen(&t, host_id);
    db_test_exec(&t, "DELETE FROM weekly_windows");
    uint64_t state = 3;
    for (int i = 0; i < n; i++) {
        double at[2];
        for (int j = 0; j < 2; j++) {
            state =
                state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            double u = (double)(state >> 11) / 9007199254740992.0 * 2 - 1;
            at[j] = u * u * u * 0.6;
        }
        double lat = 30.2672 + at[0], lng = -97.7431 + at[1];
        db_test_exec(&t,
            "INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, address, "
            "city,"
            " region, postal_code, lat, lng, cell, timezone, rate_cents, week, "
            "bookable,"
            " created_at, updated_at) SELECT host_id, state, 'K%d', slug, kitchen_type,"
            " address, city, '%s', postal_code, %.6f, %.6f, %lld, timezone, %d, "
            "week, 1, 1, 1"
            " FROM kitchens WHERE id = %lld;"
            "INSERT INTO spaces (kitchen_id, kind, name) VALUES (last_insert_rowid(), "
            "'whole',"
            " 'Whole')",
            i, i % 3 == 0 ? "OR" : "TX", lat, lng, (long long)squares_cell(lat, lng),
            2000 + (int)(state >> 50), (long long)first);
    }
    db_test_exec(
        &t, "UPDATE kitchens SET bookable = 0 WHERE id = %lld", (long long)first);
}

START_TEST(pages_follow_one_another_without_gap_or_repeat)
{
    enum { N = 150 };
    scatter(N);
    static const enum search_sort sorts[] = { SEARCH_DISTANCE, SEARCH_PRICE,
        SEARCH_RATING };
    request.filter.radius_mi = 100;
    for (size_t s = 0; s < COUNT_OF(sorts); s++) {
        bool seen[N + 2] = { false };
        double last_mi = 0;
        int64_t last_cents = 0;
        int found = 0;
        request.sort = sorts[s];
        for (request.page = 1; request.page <= 8; request.page++) {
            ck_assert(find() == OK);
            ck_assert_int_eq(page.n, request.page < 8 ? 20 : 10);
            ck_assert(page.more == (request.page < 8));
            for (size_t i = 0; i < page.n; i++) {
                const struct offer *o = &page.offers[i];
                ck_assert(o->id < N + 2 && !seen[o->id]);
                seen[o->id] = true;
                found++;
                ck_assert(sorts[s] != SEARCH_DISTANCE || o->distance_mi >= last_mi);
                ck_assert(sorts[s] != SEARCH_PRICE || o->quote.total.n >= last_cents);
                last_mi = o->distance_mi;
                last_cents = o->quote.total.n;
            }
        }
        ck_assert_int_eq(found, N);
    }
}
END_TEST

START_TEST(a_search_anywhere_on_the_globe_comes_to_an_end)
{
    static const double lats[] = { -90, -75, 0, 64.8, 75, 89.99, 90 };
    static const double lngs[] = { -180, -147.7, 0, 179.99, 180 };
    kitchen_at(1, "A");
    for (size_t i = 0; i < COUNT_OF(lats) * COUNT_OF(lngs); i++) {
        request.filter.lat = lats[i / COUNT_OF(lngs)];
        request.filter.lng = lngs[i % COUNT_OF(lngs)];
        request.filter.radius_mi = i % 2 == 0 ? 100 : 1;
        request.filter.words = i % 3 == 0 ? "kitchen" : "";
        ck_assert_str_eq(titles(), "");
    }
}
END_TEST

/* The nearest twenty by looking at every kitchen there is. */
static void check_nearest(const double (*at)[2], int n)
{
    double mi[200];
    int count = 0;
    for (int i = 0; i < n; i++) {
        double far_mi = places_distance_mi(
            request.filter.lat, request.filter.lng, at[i][0], at[i][1]);
        int k = count++;
        for (; k > 0 && mi[k - 1] > far_mi; k--)
            mi[k] = mi[k - 1];
        mi[k] = far_mi;
    }
    ck_assert(find() == OK);
    for (size_t i = 0; i < page.n; i++)
        ck_assert_double_eq_tol(page.offers[i].distance_mi, mi[i], 0.001);
    ck_assert(page.n == 20 || mi[page.n] > request.filter.radius_mi);
}

/* The second time a walk begins with what the first one found out. */
START_TEST(what_is_found_does_not_depend_on_what_was_searched_before)
{
    enum { N = 60 };
    static const double middles[][2] = { { 30.2672, -97.7431 }, { 71.3, -156.8 },
        { 78.2, 15.6 }, { -78, 166 } };
    static double at[N][2];
    scatter(N);
    for (size_t m = 0; m < COUNT_OF(middles); m++) {
        for (int i = 0; i < N; i++) {
            double spread = 0.001 * pow(1.15, i); /* from a street to 3 degrees */
            at[i][0] = middles[m][0] + spread * sin(i * 2.4);
            at[i][1] = middles[m][1] + spread * cos(i * 2.4) / cos(at[i][0] * 0.01745);
            db_test_exec(&t,
                "UPDATE kitchens SET lat = %.9f, lng = %.9f, cell = %lld"
                " WHERE title = 'K%d'",
                at[i][0], at[i][1], (long long)squares_cell(at[i][0], at[i][1]), i);
        }
        for (int i = 0; i < 12; i++) {
            request.filter.lat = middles[m][0] + 0.02 * (i % 3);
            request.filter.lng = middles[m][1] - 0.03 * (i % 2);
            request.filter.radius_mi = i % 4 < 2 ? 100 : 8;
            check_nearest(at, N);
        }
    }
}
END_TEST

/* As many kitchens in one house as would fill the first look. */
START_TEST(a_crowded_spot_is_looked_at_more_closely)
{
    scatter(1);
    db_test_exec(&t,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        " INSERT INTO kitchens (host_id, state, title, slug, kitchen_type, address, "
        "city,"
        " region, postal_code, lat, lng, cell, timezone, rate_cents, week, bookable,"
        " created_at, updated_at) SELECT host_id, state, 'N' || i, slug, kitchen_type,"
        " address, city, region, postal_code, 30.2672 + (i %% 20) * 0.00003,"
        " -97.7431 + (i / 20) * 0.000004, %lld, timezone, 5000, week, 1, 1, 1"
        " FROM kitchens, n WHERE title = 'Test kitchen'",
        (long long)squares_cell(30.2672, -97.7431));
    request.filter.lat = 30.2672;
    request.filter.lng = -97.7431;
    double last_mi = 0;
    for (request.page = 1; request.page <= 10; request.page++) {
        ck_assert(find() == OK);
        ck_assert_int_eq(page.n, 20);
        ck_assert(page.offers[0].distance_mi >= last_mi);
        last_mi = page.offers[19].distance_mi;
    }
    request.filter.radius_mi = 1;
    request.page = 1;
    ck_assert(find() == OK);
    ck_assert_int_eq(page.n, 20);
    ck_assert_double_eq_tol(page.offers[0].distance_mi, 0, 0.001);
    /* The same house at the pole, where a cell is a street wide at most. */
    db_test_exec(&t, "UPDATE kitchens SET lat = 89.9999, cell = %lld",
        (long long)squares_cell(89.9999, -97.7431));
    request.filter.lat = 89.9999;
    ck_assert(find() == OK);
    ck_assert_int_eq(page.n, 20);
}
END_TEST

START_TEST(a_search_takes_a_handful_of_queries)
{
    scatter(120);
    request.filter.radius_mi = 50;
    ck_assert(find() == OK);
    ck_assert_int_eq(page.n, 20);
    ck_assert_int_le(db_query_count(t.c.db), 6);
    request.filter.lat = 48;
    ck_assert(find() == OK);
    ck_assert_int_eq(page.n, 0);
    ck_assert_int_le(db_query_count(t.c.db), 6);
}
END_TEST

static const struct {
    int line;
    double lat, radius_mi;
    int64_t day, start_min, length_min, page;
} absurd_cases[] = {
    { __LINE__, 91, 25, ANY_DAY, ANY_TIME, 0, 1 },
    { __LINE__, 0.0 / 0.0, 25, ANY_DAY, ANY_TIME, 0, 1 },
    { __LINE__, 30, 0, ANY_DAY, ANY_TIME, 0, 1 },
    { __LINE__, 30, -5, ANY_DAY, ANY_TIME, 0, 1 },
    { __LINE__, 30, 101, ANY_DAY, ANY_TIME, 0, 1 },
    { __LINE__, 30, 25, THURSDAY - 9, ANY_TIME, 0, 1 },
    { __LINE__, 30, 25, INT64_MAX, ANY_TIME, 0, 1 },
    { __LINE__, 30, 25, ANY_DAY, 1441, 0, 1 },
    { __LINE__, 30, 25, ANY_DAY, ANY_TIME, -1, 1 },
    { __LINE__, 30, 25, ANY_DAY, ANY_TIME, INT64_MAX, 1 },
    { __LINE__, 30, 25, ANY_DAY, ANY_TIME, 0, 0 },
    { __LINE__, 30, 25, ANY_DAY, ANY_TIME, 0, 11 },
};

START_TEST(absurd_numbers_are_refused)
{
    request.filter.lat = absurd_cases[_i].lat;
    request.filter.radius_mi = absurd_cases[_i].radius_mi;
    request.wish = (struct wish) { absurd_cases[_i].day, absurd_cases[_i].start_min,
        ANY_TIME, absurd_cases[_i].length_min };
    request.page = absurd_cases[_i].page;
    ck_assert_msg(find() == R_INVALID, "case at line %d", absurd_cases[_i].line);
}
END_TEST

void unit_domain_search(Suite *s)
{
    TCase *tc = tcase_create("search");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_offer_has_the_earliest_start_and_the_final_price);
    tcase_add_test(tc, without_a_length_the_kitchens_shortest_booking_counts);
    tcase_add_test(tc, nearest_come_first_and_the_radius_ends_it);
    tcase_add_test(tc, what_cannot_be_booked_is_not_found);
    tcase_add_test(tc, a_taken_day_moves_the_earliest_start);
    tcase_add_test(tc, a_kitchen_that_moves_takes_its_bookings_along);
    tcase_add_test(tc, an_offer_shows_the_first_photo);
    tcase_add_test(tc, an_exception_counts);
    tcase_add_test(tc, a_kitchen_full_for_weeks_is_looked_at_farther_ahead);
    tcase_add_loop_test(tc, wished_hours_bound_the_booking, 0, COUNT_OF(window_cases));
    tcase_add_test(tc, equipment_rate_and_words_narrow_the_list);
    tcase_add_test(tc, words_are_found_far_off_too_but_not_past_the_radius);
    tcase_add_test(tc, sorted_by_price_the_cheapest_total_comes_first);
    tcase_add_test(tc, sorted_by_rating_the_best_comes_first_and_the_unrated_last);
    tcase_add_test(tc, pages_follow_one_another_without_gap_or_repeat);
    tcase_add_test(tc, a_search_anywhere_on_the_globe_comes_to_an_end);
    tcase_add_test(tc, what_is_found_does_not_depend_on_what_was_searched_before);
    tcase_add_test(tc, a_crowded_spot_is_looked_at_more_closely);
    tcase_add_test(tc, a_search_takes_a_handful_of_queries);
    tcase_add_loop_test(tc, absurd_numbers_are_refused, 0, COUNT_OF(absurd_cases));
    suite_add_tcase(s, tc);
}
