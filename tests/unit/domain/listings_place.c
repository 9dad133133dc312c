#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/listings.h"
#include "domain/places.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;

static void set_up(void)
{
    db_test_open(&t);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static void load_places(void)
{
    char file[512];
    size_t n;
    snprintf(file, sizeof file, "%s/tests/fixtures/places.tsv", getenv("SRCDIR"));
    ck_assert(
        places_import(db_test_begin(&t, DB_WRITE, 0), file, NULL, NULL, &n) == OK);
}

/* Austin is at 30.27, -97.74. */
static const struct {
    int line;
    const char *postal_code, *region;
    bool has_point;
    double lat, lng;
    const char *field, *words; /* NULL: it is in order */
} cases[] = {
    { __LINE__, "78701", "TX", true, 30.27, -97.74, NULL, NULL },
    { __LINE__, "78701-1234", "TX", true, 30.27, -97.74, NULL, NULL },
    { __LINE__, "78701", "TX", true, 30.95, -97.74, NULL, NULL }, /* 47 miles */
    { __LINE__, "78701", "TX", true, 31.05, -97.74, "lat", "This is 54 miles" },
    { __LINE__, "78701", "TX", true, -30.27, 97.74, "lat", "leave latitude" },
    { __LINE__, "78701", "CA", true, 30.27, -97.74, "postal_code", "is in Austin, TX" },
    { __LINE__, "99999", "TX", true, 30.27, -97.74, "postal_code",
        "no ZIP code 99999" },
    { __LINE__, "787", "TX", true, 30.27, -97.74, "postal_code", "such as 78701" },
    { __LINE__, "787", "TX", false, 0, 0, "postal_code", "such as 78701" },
};

START_TEST(the_zip_code_is_the_states_and_the_point_near_it)
{
    load_places();
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    struct kitchen k = { .postal_code = cases[_i].postal_code,
        .region = cases[_i].region,
        .lat = cases[_i].lat,
        .lng = cases[_i].lng };
    const char *field;
    enum result r = listings_place(c, &k, cases[_i].has_point, &field);
    ck_assert_msg((r == OK) == (cases[_i].field == NULL), "case at line %d: %s",
        cases[_i].line, c->message);
    ck_assert_double_eq(k.lat, cases[_i].lat);
    ck_assert_double_eq(k.lng, cases[_i].lng);
    if (r == OK)
        return;
    ck_assert(r == R_INVALID);
    ck_assert_str_eq(field, cases[_i].field);
    ck_assert_msg(strstr(c->message, cases[_i].words) != NULL, "case at line %d: %s",
        cases[_i].line, c->message);
}
END_TEST

START_TEST(without_a_point_the_zip_codes_is_taken)
{
    load_places();
    struct kitchen k = { .postal_code = "78702-1234", .region = "TX" };
    const char *field;
    ck_assert(listings_place(db_test_begin(&t, DB_READ, 0), &k, false, &field) == OK);
    ck_assert_double_eq(k.lat, 30.2638);
    ck_assert_double_eq(k.lng, -97.7166);
}
END_TEST

START_TEST(without_places_any_zip_code_will_do_but_not_without_a_point)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    struct kitchen k = { .postal_code = "99999", .region = "TX", .lat = 1, .lng = 2 };
    const char *field;
    ck_assert(listings_place(c, &k, true, &field) == OK);
    ck_assert(listings_place(c, &k, false, &field) == R_INVALID);
    ck_assert_str_eq(field, "lat");
}
END_TEST

void unit_domain_listings_place(Suite *s)
{
    TCase *tc = tcase_create("place of a listing");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(
        tc, the_zip_code_is_the_states_and_the_point_near_it, 0, COUNT_OF(cases));
    tcase_add_test(tc, without_a_point_the_zip_codes_is_taken);
    tcase_add_test(tc, without_places_any_zip_code_will_do_but_not_without_a_point);
    suite_add_tcase(s, tc);
}
