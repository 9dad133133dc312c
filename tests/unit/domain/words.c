#include "domain/words.h"

#include <string.h>

#include "domain/places.h"
#include "domain/search.h"
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
    const char *text, *json;
} text_cases[] = {
    { __LINE__, "", "[]" },
    { __LINE__, " -- \"*^\\ ", "[]" },
    { __LINE__, "Bakery, BAKERIES & a bakery", "[\"a\",\"bakeri\"]" },
    { __LINE__, "gluten-free \"caf\xc3\xa9\" O'Neil",
        "[\"cafe\",\"free\",\"gluten\",\"neil\",\"o\"]" },
    { __LINE__, "\xe2\x80\x94 \xc3\x9c", "[\"u\"]" },
    { __LINE__, "1234567890123456789012345678901234567890123456789",
        "[\"1234567890123456789012345678901234567890\"]" },
    { __LINE__, "123456789012345678901234567890123456789\xc3\xb8rest",
        "[\"123456789012345678901234567890123456789\"]" },
};

START_TEST(a_text_has_its_words_as_stems_each_once)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    struct word_list list = words_of(c, text_cases[_i].text);
    const char *json = words_json(c, &list, 0);
    ck_assert_msg(text_is(json, text_cases[_i].json), "case at line %d: %s",
        text_cases[_i].line, json);
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
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM kitchen_words"),
        db_test_int(&t, "SELECT SUM(json_array_length(words)) FROM kitchen_texts"));
}
END_TEST

void unit_domain_words(Suite *s)
{
    TCase *tc = tcase_create("words");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(
        tc, a_text_has_its_words_as_stems_each_once, 0, COUNT_OF(text_cases));
    tcase_add_test(tc, a_search_for_words_finds_what_looking_at_every_kitchen_finds);
    suite_add_tcase(s, tc);
}
