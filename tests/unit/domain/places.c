#include "domain/places.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct db_test t;
static char file[128];

static const char lines[] = "# a comment\n"
                            "78701\tAustin\tTX\t30.2713\t-97.7426\n"
                            "78702\tAustin\tTX\t30.2638\t-97.7166\n"
                            "55912\tAustin\tMN\t43.6666\t-92.9746\n"
                            "\n"
                            "63101\tSaint Louis\tMO\t38.6317\t-90.1921\n"
                            "10001\tNew York\tNY\t40.7484\t-73.9967\n"
                            "10002\tNew York\tNY\t40.7152\t-73.9877\n"
                            "14201\tBuffalo\tNY\t42.8962\t-78.8845\n"
                            "30301\tLa Grange\tGA\t33.0393\t-85.0313\n";

static void write_file(const char *text)
{
    FILE *f = fopen(file, "w");
    ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static enum result import(const char *text)
{
    size_t n;
    write_file(text);
    return places_import(db_test_begin(&t, DB_WRITE, 0), file, NULL, NULL, &n);
}

static void set_up(void)
{
    db_test_open(&t);
    snprintf(file, sizeof file, "%s/places.tsv", t.dir);
    ck_assert(import(lines) == OK);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static const struct {
    int line;
    const char *where;
    enum result wanted;
    size_t n;
    const char *label;
    double lat;
} find_cases[] = {
    { __LINE__, "Austin, TX", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "austin,tx", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "  AUSTIN ,  Texas ", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "Austin TX", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "Austin", OK, 2, "Austin, TX", 30.26755 },
    { __LINE__, "Austin, MN", OK, 1, "Austin, MN", 43.6666 },
    { __LINE__, "St. Louis, MO", OK, 1, "Saint Louis, MO", 38.6317 },
    { __LINE__, "st louis", OK, 1, "Saint Louis, MO", 38.6317 },
    { __LINE__, "La-Grange, ga", OK, 1, "La Grange, GA", 33.0393 },
    { __LINE__, "78702", OK, 1, "78702 Austin, TX", 30.2638 },
    { __LINE__, "78702-1234", OK, 1, "78702 Austin, TX", 30.2638 },
    { __LINE__, "New York", OK, 1, "New York, NY", 40.7318 },
    { __LINE__, "NY", OK, 2, "New York, NY", 40.7318 },
    { __LINE__, "texas", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "30.25,-97.75", OK, 1, "30.25, -97.75", 30.25 },
    { __LINE__, " 30.25 , -97.75 ", OK, 1, "30.25, -97.75", 30.25 },
    { __LINE__, "Austin Texas", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "Austin, TX, USA", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "Austin TX, United States", OK, 1, "Austin, TX", 30.26755 },
    { __LINE__, "New York New York USA", OK, 1, "New York, NY", 40.7318 },
    { __LINE__, "Austin, TX 78702", OK, 1, "78702 Austin, TX", 30.2638 },
    { __LINE__, "1 Oak St, Austin, TX 78702-1234, USA", OK, 1, "78702 Austin, TX",
        30.2638 },
    { __LINE__, "USA", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, ", USA", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, "91,0", R_INVALID, 0, NULL, 0 },
    { __LINE__, "0,-181", R_INVALID, 0, NULL, 0 },
    { __LINE__, "1,2,3", R_INVALID, 0, NULL, 0 },
    { __LINE__, "1e3,5", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, "99999", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, "Austin, XX", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, "Austin, CA", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, ",", R_INVALID, 0, NULL, 0 },
    { __LINE__, "Atlantis", R_NOT_FOUND, 0, NULL, 0 },
    { __LINE__, "", R_INVALID, 0, NULL, 0 },
    { __LINE__, "   ", R_INVALID, 0, NULL, 0 },
    { __LINE__, "%' OR 1=1 --", R_NOT_FOUND, 0, NULL, 0 },
};

START_TEST(find_knows_places_as_people_write_them)
{
    struct place *places;
    size_t n;
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    enum result r = places_find(c, find_cases[_i].where, &places, &n);
    ck_assert_msg(r == find_cases[_i].wanted, "case at line %d: %s",
        find_cases[_i].line, result_name(r));
    ck_assert_msg(
        n == find_cases[_i].n, "case at line %d: %zu", find_cases[_i].line, n);
    if (r != OK)
        return;
    ck_assert_str_eq(places[0].label, find_cases[_i].label);
    ck_assert_double_eq_tol(places[0].lat, find_cases[_i].lat, 1e-6);
}
END_TEST

START_TEST(an_import_again_changes_nothing_and_a_shorter_one_forgets)
{
    t.app.fixed_now_at++;
    ck_assert(import(lines) == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM places"), 8);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM cities"), 6);
    t.app.fixed_now_at++;
    ck_assert(import("78701\tAustin\tTX\t30.5\t-97.7\n") == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM places"), 1);
    ck_assert_int_eq(db_test_int(&t, "SELECT lat * 10 FROM cities"), 305);
}
END_TEST

static const struct {
    int line;
    const char *text, *words;
} bad_cases[] = {
    { __LINE__, "", "no places" },
    { __LINE__, "# nothing\n", "no places" },
    { __LINE__, "78701\tAustin\tTX\t30.2\n", ":1: expected" },
    { __LINE__, "78701\tAustin\tTX\t30.2\t-97.7\t1\n", ":1: expected" },
    { __LINE__, "78701\tAustin\tTX\t30.2\t-97.7\n\n7870x\tAustin\tTX\t30.2\t-97.7\n",
        ":3: expected" },
    { __LINE__, "78701\t\tTX\t30.2\t-97.7\n", ":1: expected" },
    { __LINE__, "78701\tAustin\tTX\t95\t-97.7\n", ":1: expected" },
    { __LINE__, "78701\tAustin\tTX\tnan\t-97.7\n", ":1: expected" },
    { __LINE__, "78701\tA\xff\tTX\t30.2\t-97.7\n", "UTF-8" },
};

START_TEST(a_file_with_a_wrong_line_changes_nothing)
{
    ck_assert_msg(
        import(bad_cases[_i].text) == R_INVALID, "case at line %d", bad_cases[_i].line);
    ck_assert_msg(strstr(t.c.message, bad_cases[_i].words) != NULL,
        "case at line %d: %s", bad_cases[_i].line, t.c.message);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM places"), 8);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    size_t n;
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(places_import(c, "/nowhere/places.tsv", NULL, NULL, &n) == R_INVALID);
    ck_assert(strstr(c->message, "/nowhere/places.tsv: ") != NULL);
}
END_TEST

START_TEST(distances_are_great_circles)
{
    ck_assert_double_eq_tol(
        places_distance_mi(40.7128, -74.0060, 34.0522, -118.2437), 2445.6, 1);
    ck_assert_double_eq(places_distance_mi(30, -97, 30, -97), 0);
    ck_assert_double_eq_tol(places_distance_mi(0, 0, 0, 180), 3958.8 * 3.14159265, 0.1);
}
END_TEST

void unit_domain_places(Suite *s)
{
    TCase *tc = tcase_create("places");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(
        tc, find_knows_places_as_people_write_them, 0, COUNT_OF(find_cases));
    tcase_add_test(tc, an_import_again_changes_nothing_and_a_shorter_one_forgets);
    tcase_add_loop_test(
        tc, a_file_with_a_wrong_line_changes_nothing, 0, COUNT_OF(bad_cases));
    tcase_add_test(tc, a_file_that_is_not_there_is_named);
    suite_add_tcase(s, tc);
    tc = tcase_create("distances");
    tcase_add_test(tc, distances_are_great_circles);
    suite_add_tcase(s, tc);
}
