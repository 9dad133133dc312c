#include "http/form.h"

#include <signal.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"

static const char *const kinds[] = { "shared", "bakery", NULL };

static const struct field fields[] = {
    { "title", FIELD_TEXT, "Title", .required = true, .max = 20 },
    { "notes", FIELD_LINES, "Notes" },
    { "hourly", FIELD_MONEY, "Hourly rate", .required = true, .min = 500 },
    { "capacity", FIELD_INT, "Capacity", .min = 1, .max = 50 },
    { "lat", FIELD_REAL, "Latitude", .min = -90, .max = 90 },
    { "kind", FIELD_CHOICE, "Kind", .choices = kinds },
    { "equipment", FIELD_TEXT, "Equipment", .repeated = true },
    { "opens", FIELD_TIME, "Opens", .repeated = true, .hour_24 = true },
    { "date", FIELD_DATE, "Date" },
    { "start", FIELD_TIME, "Start" },
    { "space_id", FIELD_ID, "Space" },
    { "terms", FIELD_CHECKBOX, "I accept the terms", .required = true },
    { "password", FIELD_SECRET, "Password" },
    FIELD_IDEMPOTENCY,
};

#define KEY "&idempotency_key=0123456789abcdef"
#define GOOD "title=Bob's&hourly=45&terms=on" KEY

static struct arena *a;

static void setup(void)
{
    a = arena_new(1024 * 1024);
}

static void teardown(void)
{
    arena_free(a);
}

static enum result read_body(const char *body, struct form *out)
{
    struct params *p = arena_alloc(a, sizeof *p);
    ck_assert_int_eq(params_parse(a, body, strlen(body), p), OK);
    return form_read(a, fields, COUNT_OF(fields), p, out);
}

START_TEST(a_good_form_gives_clean_values)
{
    struct form f;
    ck_assert_int_eq(
        read_body(GOOD "&notes=a%0D%0Ab&capacity=12&lat=-33.5&kind=bakery"
                       "&equipment=oven&equipment=mixer&date=2026-11-24"
                       "&start=07%3A15&space_id=3&password=+pass+word&csrf=zz",
            &f),
        OK);
    ck_assert(form_ok(&f));
    ck_assert_str_eq(form_text(&f, "title"), "Bob's");
    ck_assert_str_eq(form_text(&f, "notes"), "a\nb");
    ck_assert_int_eq(form_money(&f, "hourly").n, 4500);
    ck_assert_int_eq(form_int(&f, "hourly"), 4500);
    ck_assert_int_eq(form_int(&f, "capacity"), 12);
    ck_assert_double_eq(form_real(&f, "lat"), -33.5);
    ck_assert_str_eq(form_text(&f, "kind"), "bakery");
    ck_assert_int_eq(form_date(&f, "date").day, 24);
    ck_assert_int_eq(form_minutes(&f, "start"), 435);
    ck_assert_int_eq(form_int(&f, "space_id"), 3);
    ck_assert(form_bool(&f, "terms"));
    ck_assert_str_eq(form_text(&f, "password"), " pass word");
    size_t n;
    const char *const *equipment = form_values(&f, "equipment", &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(equipment[1], "mixer");
}
END_TEST

START_TEST(absent_values_are_empty_and_not_had)
{
    struct form f;
    size_t n;
    ck_assert_int_eq(read_body(GOOD "&notes=&capacity=", &f), OK);
    ck_assert(form_has(&f, "title"));
    ck_assert(!form_has(&f, "notes"));
    ck_assert(!form_has(&f, "capacity"));
    ck_assert(!form_has(&f, "lat"));
    ck_assert_str_eq(form_text(&f, "kind"), "");
    ck_assert_int_eq(form_int(&f, "capacity"), 0);
    ck_assert_double_eq(form_real(&f, "lat"), 0);
    ck_assert_int_eq(form_date(&f, "date").year, 1970);
    ck_assert_ptr_null(form_values(&f, "equipment", &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_str_eq(form_raw(&f, "lat"), "");
}
END_TEST

static const struct {
    int line;
    const char *body;
    const char *name; /* NULL: the form as a whole */
    const char *error;
} bad_cases[] = {
    { __LINE__, "hourly=45&terms=on" KEY, "title", "Fill this in." },
    { __LINE__, "title=+&hourly=45&terms=on" KEY, "title", "Fill this in." },
    { __LINE__, "title=a&hourly=45" KEY, "terms", "Tick this." },
    { __LINE__, "title=a&hourly=45&terms=0" KEY, "terms", "Tick this." },
    { __LINE__, "title=a&hourly=4,5&terms=on" KEY, "hourly",
        "Enter a price such as 45.00." },
    { __LINE__, "title=a&hourly=45&terms=on&idempotency_key=short", "idempotency_key",
        "This form is out of date: load the page again." },
    { __LINE__, GOOD "&title=again", "title",
        "This came more than once. Fill it in once and send the form again." },
    { __LINE__, GOOD "&opens=07:00&opens=25:00", "opens",
        "Enter a time such as 07:15." },
    { __LINE__, GOOD "&role=admin", NULL,
        "This form has a field that we do not know: role." },
    { __LINE__, GOOD "&title[]=x", NULL,
        "This form has a field that we do not know: title[]." },
    { __LINE__, GOOD "&a%0A%E2%80%AEb=x", NULL,
        "This form has a field that we do not know: a??b." },
    { __LINE__, GOOD "&xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=x", NULL,
        "This form has a field that we do not know: "
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx." },
};

START_TEST(what_is_wrong_stands_beside_its_field)
{
    struct form f;
    size_t n;
    ck_assert_int_eq(read_body(bad_cases[_i].body, &f), R_INVALID);
    const char *error = form_error(&f, bad_cases[_i].name);
    ck_assert_msg(error != NULL && strcmp(error, bad_cases[_i].error) == 0,
        "case at line %d: %s", bad_cases[_i].line, error == NULL ? "none" : error);
    const struct form_error *errors = form_errors(&f, &n);
    ck_assert_msg(n == 1 && errors[0].sentence == error, "case at line %d: %zu errors",
        bad_cases[_i].line, n);
}
END_TEST

START_TEST(what_was_typed_is_kept_but_never_a_secret)
{
    struct form f;
    size_t n;
    ck_assert_int_eq(
        read_body("title=+Bob%22+&hourly=cheap&password=hunter22&equipment=oven"
                  "&equipment=mixer&kind=castle",
            &f),
        R_INVALID);
    ck_assert_str_eq(form_raw(&f, "title"), " Bob\" ");
    ck_assert_str_eq(form_raw(&f, "hourly"), "cheap");
    ck_assert_str_eq(form_raw(&f, "password"), "");
    ck_assert_ptr_null(form_raws(&f, "password", &n));
    ck_assert(!form_chose(&f, "password", "hunter22"));
    ck_assert(form_chose(&f, "equipment", "mixer"));
    ck_assert(!form_chose(&f, "equipment", "mix"));
    ck_assert(form_chose(&f, "kind", "castle"));
    ck_assert_int_eq(form_money(&f, "hourly").n, 0);
    ck_assert_str_eq(form_text(&f, "kind"), "");
    ck_assert_str_eq(form_text(&f, "password"), "hunter22");
}
END_TEST

START_TEST(rows_of_repeated_fields_stay_side_by_side)
{
    struct form f;
    size_t n;
    ck_assert_int_eq(read_body(GOOD "&opens=07%3A00&opens=&opens=24%3A00", &f), OK);
    const int64_t *opens = form_ints(&f, "opens", &n);
    ck_assert_uint_eq(n, 3);
    ck_assert_int_eq(opens[0], 420);
    ck_assert_int_eq(opens[1], FIELD_BLANK);
    ck_assert_int_eq(opens[2], 1440);
    ck_assert_str_eq(form_values(&f, "opens", &n)[1], "");
}
END_TEST

START_TEST(a_domain_can_object_afterwards)
{
    struct form f;
    size_t n;
    ck_assert_int_eq(read_body(GOOD "&date=2026-11-24", &f), OK);
    form_set_error(&f, "date", "Choose a day in the future.");
    form_set_error(&f, "date", "Something else.");
    form_set_error(&f, NULL, "Choose another kitchen.");
    ck_assert(!form_ok(&f));
    ck_assert_str_eq(form_error(&f, "date"), "Choose a day in the future.");
    const struct form_error *errors = form_errors(&f, &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_ptr_null(errors[0].name);
    ck_assert_str_eq(errors[0].sentence, "Choose another kitchen.");
    ck_assert_str_eq(errors[1].name, "date");
    ck_assert_str_eq(errors[1].label, "Date");
}
END_TEST

START_TEST(a_query_passes_over_strange_names)
{
    struct form f;
    struct params p;
    static const struct field query[] = { { "q", FIELD_TEXT, "Text" } };
    ck_assert_int_eq(params_parse(a, "q=oven&utm_source=x", 19, &p), OK);
    ck_assert_int_eq(form_read_query(a, query, 1, &p, &f), OK);
    ck_assert_str_eq(form_text(&f, "q"), "oven");
    ck_assert_int_eq(form_read(a, query, 1, &p, &f), R_INVALID);
}
END_TEST

START_TEST(a_fresh_form_shows_what_it_was_filled_with)
{
    struct form f;
    size_t n;
    form_fresh(a, fields, COUNT_OF(fields), &f);
    form_fill(&f, "title", "Bob's");
    form_fill(&f, "notes", NULL);
    form_fill(&f, "equipment", "oven");
    form_fill(&f, "equipment", "mixer");
    form_fill(&f, "equipment", "sink");
    ck_assert(form_ok(&f));
    ck_assert_str_eq(form_raw(&f, "title"), "Bob's");
    ck_assert_str_eq(form_raw(&f, "notes"), "");
    ck_assert_str_eq(form_raws(&f, "equipment", &n)[2], "sink");
    ck_assert_uint_eq(n, 3);
    ck_assert(!form_has(&f, "title"));
}
END_TEST

START_TEST(errors_of_another_form_go_to_the_fields_of_the_same_names)
{
    struct form f, sent;
    struct params p;
    static const struct field others[] = { { "title", FIELD_TEXT, "Title", .max = 3 },
        { "key", FIELD_TEXT, "Key", .required = true, .advice = "Load it again." } };
    ck_assert_int_eq(params_parse(a, "title=oven", 10, &p), OK);
    ck_assert_int_eq(form_read(a, others, COUNT_OF(others), &p, &sent), R_INVALID);
    form_fresh(a, fields, COUNT_OF(fields), &f);
    form_take_errors(&f, &sent);
    ck_assert_str_eq(form_error(&f, "title"), form_error(&sent, "title"));
    ck_assert_str_eq(
        form_error(&f, NULL), arena_printf(a, "Key: %s", form_error(&sent, "key")));
    ck_assert_ptr_null(form_error(&f, "notes"));
}
END_TEST

START_TEST(a_misspelt_name_is_a_bug)
{
    struct form f;
    form_fresh(a, fields, COUNT_OF(fields), &f);
    ck_assert_str_eq(form_text(&f, "titel"), "");
}
END_TEST

START_TEST(the_wrong_kind_is_a_bug)
{
    struct form f;
    form_fresh(a, fields, COUNT_OF(fields), &f);
    ck_assert_int_eq(form_int(&f, "title"), 0);
}
END_TEST

void unit_http_form(Suite *s)
{
    TCase *t = tcase_create("form");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_good_form_gives_clean_values);
    tcase_add_test(t, absent_values_are_empty_and_not_had);
    tcase_add_loop_test(
        t, what_is_wrong_stands_beside_its_field, 0, COUNT_OF(bad_cases));
    tcase_add_test(t, what_was_typed_is_kept_but_never_a_secret);
    tcase_add_test(t, rows_of_repeated_fields_stay_side_by_side);
    tcase_add_test(t, a_domain_can_object_afterwards);
    tcase_add_test(t, a_query_passes_over_strange_names);
    tcase_add_test(t, a_fresh_form_shows_what_it_was_filled_with);
    tcase_add_test(t, errors_of_another_form_go_to_the_fields_of_the_same_names);
    tcase_add_test_raise_signal(t, a_misspelt_name_is_a_bug, SIGABRT);
    tcase_add_test_raise_signal(t, the_wrong_kind_is_a_bug, SIGABRT);
    suite_add_tcase(s, t);
}
