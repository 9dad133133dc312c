#include "domain/words.h"

#include <sqlite3.h>
#include <string.h>

#include "db/migrate.h"
#include "domain/places.h"
#include "domain/search.h"
#include "domain/squares.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct db_test t;

static void set_up(void)
{
    db_test_open(&t);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static const struct {
    int line;
    const char *text, *match; /* NULL: nothing to look for */
} match_cases[] = {
    { __LINE__, "", NULL },
    { __LINE__, " -- \"*^\\ ", NULL },
    { __LINE__, "bakery", " \"bakery\"" },
    { __LINE__, "  gluten-free\tO'Neil ", " \"gluten-free\" \"O'Neil\"" },
    { __LINE__, "a\"b \"\"", " \"a\"\"b\" \"\"\"\"\"\"" },
    { __LINE__, "NOT OR NEAR(x)", " \"NOT\" \"OR\" \"NEAR(x)\"" },
    { __LINE__, "\xc3\x9c", " \"\xc3\x9c\"" },
    { __LINE__, "\xe2\x80\x94 \xe2\x86\x92 \xe2\x80\xa2", NULL },
    { __LINE__, "1 2 3 4 5 6 7 8 9",
        " \"1\" \"2\" \"3\" \"4\" \"5\" \"6\" \"7\" \"8\" \"9\"" },
};

START_TEST(each_word_is_asked_for_and_nothing_of_it_is_syntax)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    const char *want = match_cases[_i].match;
    ck_assert(words_any(match_cases[_i].text) == (want != NULL));
    if (want != NULL) {
        const char *match = words_match(c, match_cases[_i].text);
        ck_assert_msg(
            text_is(match, want), "case at line %d: %s", match_cases[_i].line, match);
    }
}
END_TEST

/* ---- against looking at every kitchen
 * ------------------------------------------------
 */

enum { KITCHENS = 18, STEPS = 150, PLACES = 40, ASKED_MAX = 3 };
static const char *const vocabulary[] = { "smoker", "tortilla", "pastry", "grill",
    "sauce", "dock", "sunny", "walnut" };
static struct {
    int64_t id;
    uint32_t words, equipment; /* bits */
    double lat, lng;
} kitchens[KITCHENS];
static uint64_t state = 11;

static uint32_t dice(uint32_t limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 32) * limit >> 32);
}

static const char *sentence(struct ctx *c, uint32_t words)
{
    const char *text = "";
    for (size_t i = 0; i < COUNT_OF(vocabulary); i++)
        if ((words >> i & 1) != 0)
            text = ctx_printf(c, "%s %s", text, vocabulary[i]);
    return text;
}

/* Another place, other words, other equipment. */
static void change(size_t i)
{
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    kitchens[i].words = dice(256) & dice(256);
    kitchens[i].equipment = dice(8);
    kitchens[i].lat = 30.2672 + (dice(PLACES) - PLACES / 2.0) * 0.01;
    kitchens[i].lng = -97.7431 + (dice(PLACES) - PLACES / 2.0) * 0.01;
    const char *text = arena_strdup(t.app.forever, sentence(c, kitchens[i].words));
    db_test_end(&t);
    db_test_exec(&t,
        "UPDATE kitchens SET description = %Q, equipment_mask = %d, lat = %.9f,"
        " lng = %.9f WHERE id = %lld",
        text, (int)kitchens[i].equipment, kitchens[i].lat, kitchens[i].lng,
        (long long)kitchens[i].id);
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(search_index(c, kitchens[i].id) == OK);
    ck_assert(db_commit(c->db) == OK);
    db_test_end(&t);
}

static void check(int step)
{
    uint32_t words = 0, equipment = dice(8);
    for (uint32_t n = dice(ASKED_MAX + 1); n > 0; n--)
        words |= 1U << dice(COUNT_OF(vocabulary));
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    struct search_request r = {
        .filter = { .lat = 30.2672,
            .lng = -97.7431,
            .radius_mi = 1 + dice(30),
            .equipment = equipment,
            .words = sentence(c, words) },
        .wish = { .day = ANY_DAY, .start_min = ANY_TIME, .end_min = ANY_TIME },
        .sort = (enum search_sort)dice(3),
        .page = 1,
    };
    struct search_page page;
    ck_assert(search_find(c, &r, &page) == OK);
    size_t n = 0;
    for (size_t i = 0; i < KITCHENS; i++) {
        bool fits = (kitchens[i].words & words) == words &&
                    (kitchens[i].equipment & equipment) == equipment &&
                    places_distance_mi(r.filter.lat, r.filter.lng, kitchens[i].lat,
                        kitchens[i].lng) <= r.filter.radius_mi;
        bool found = false;
        for (size_t j = 0; j < page.n; j++)
            found = found || page.offers[j].id == kitchens[i].id;
        n += fits;
        ck_assert_msg(
            found == fits, "step %d: kitchen %zu, words%s", step, i, r.filter.words);
    }
    ck_assert_uint_eq(page.n, n);
    db_test_end(&t);
}

START_TEST(a_search_for_words_finds_what_looking_at_every_kitchen_finds)
{
    int64_t host_id = make_user(&t, "host");
    for (size_t i = 0; i < KITCHENS; i++) {
        kitchens[i].id = make_kitchen(&t, host_id);
        change(i);
    }
    for (int step = 0; step < STEPS; step++) {
        change(dice(KITCHENS));
        check(step);
    }
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM kitchen_text"), KITCHENS);
    db_test_exec(
        &t, "INSERT INTO kitchen_text (kitchen_text) VALUES ('integrity-check')");
}
END_TEST

/* ---- keeping it ---------------------------------------------------------------------
 */

static int pieces(void)
{
    return (int)db_test_int(
        &t, "SELECT COUNT(DISTINCT segid) FROM kitchen_text_idx WHERE segid > 0");
}

START_TEST(the_pieces_of_the_index_are_put_together_step_by_step)
{
    int64_t host_id = make_user(&t, "host");
    for (size_t i = 0; i < KITCHENS; i++) {
        kitchens[i].id = make_kitchen(&t, host_id);
        change(i);
    }
    ck_assert_int_gt(pieces(), 1);
    bool more = true;
    int steps = 0;
    for (bool first = true; more && steps < 100; first = false, steps++) {
        struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
        ck_assert(db_begin(c->db) == OK);
        ck_assert(words_merge(c, first, &more) == OK);
        ck_assert(db_commit(c->db) == OK);
        db_test_end(&t);
    }
    ck_assert(!more);
    ck_assert_int_eq(pieces(), 1);
    for (int step = 0; step < 20; step++)
        check(step);
}
END_TEST

START_TEST(kitchens_that_have_no_words_yet_get_them_and_others_are_left_alone)
{
    int64_t host_id = make_user(&t, "host"), after_id = 0;
    size_t n;
    for (size_t i = 0; i < KITCHENS; i++) {
        kitchens[i].id = make_kitchen(&t, host_id);
        change(i);
    }
    db_test_exec(&t, "DELETE FROM kitchen_text WHERE rowid & 134217727 > 4");
    db_test_exec(&t, "UPDATE kitchen_text SET words = words || ' kept'");
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    bool complete;
    ck_assert(search_is_complete(c, &complete) == OK && !complete);
    ck_assert(search_index_missing(c, &after_id, &n) == OK);
    ck_assert_uint_eq(n, KITCHENS - 4);
    ck_assert(search_is_complete(c, &complete) == OK && complete);
    ck_assert(search_index_missing(c, &after_id, &n) == OK);
    ck_assert_uint_eq(n, 0);
    db_test_end(&t);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM kitchen_text WHERE"
                                     " kitchen_text MATCH 'kept'"),
        4);
    for (int step = 0; step < 20; step++)
        check(step);
}
END_TEST

/* The SQL of the migration counts squares as the program does. */
START_TEST(a_migrated_kitchen_is_in_its_square)
{
    enum { BEFORE = 9, POINTS = 200 };
    sqlite3 *db;
    sqlite3_stmt *q;
    ck_assert(sqlite3_open(":memory:", &db) == SQLITE_OK);
    for (int i = 0; i < BEFORE; i++)
        ck_assert(sqlite3_exec(db, migrations[i].sql, NULL, NULL, NULL) == SQLITE_OK);
    char *sql = sqlite3_mprintf(
        "INSERT INTO users (email, email_key, password_hash, full_name, role, terms_at,"
        " created_at, updated_at) VALUES ('a@b.c', 'a@b.c', '', 'A', 'host', 1, 1, 1);"
        "WITH n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        "INSERT INTO kitchens (host_id, title, slug, kitchen_type, address, city, "
        "region,"
        " postal_code, lat, lng, cell, timezone, rate_cents, created_at, updated_at)"
        " SELECT 1, 't', 's', 'commissary', 'a', 'c', 'TX', '78701',"
        " CASE WHEN i < 3 THEN 90 ELSE random() %% 90000000 / 1000000.0 END,"
        " CASE WHEN i < 3 THEN 180 ELSE random() %% 180000000 / 1000000.0 END,"
        " i, 'UTC', 5000, 1, 1 FROM n",
        POINTS);
    ck_assert_msg(
        sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_free(sql);
    ck_assert_int_eq(migrations[BEFORE].number, BEFORE + 1);
    ck_assert(sqlite3_exec(db, migrations[BEFORE].sql, NULL, NULL, NULL) == SQLITE_OK);
    ck_assert(sqlite3_prepare_v2(db, "SELECT lat, lng, cell FROM kitchens", -1, &q,
                  NULL) == SQLITE_OK);
    int n = 0;
    for (; sqlite3_step(q) == SQLITE_ROW; n++)
        ck_assert_int_eq(sqlite3_column_int64(q, 2),
            squares_cell(sqlite3_column_double(q, 0), sqlite3_column_double(q, 1)));
    ck_assert_int_eq(n, POINTS);
    sqlite3_finalize(q);
    sqlite3_close(db);
}
END_TEST

void unit_domain_words(Suite *s)
{
    TCase *tc = tcase_create("words");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, each_word_is_asked_for_and_nothing_of_it_is_syntax, 0,
        COUNT_OF(match_cases));
    tcase_add_test(tc, a_search_for_words_finds_what_looking_at_every_kitchen_finds);
    tcase_add_test(tc, the_pieces_of_the_index_are_put_together_step_by_step);
    tcase_add_test(
        tc, kitchens_that_have_no_words_yet_get_them_and_others_are_left_alone);
    tcase_add_test(tc, a_migrated_kitchen_is_in_its_square);
    suite_add_tcase(s, tc);
}
