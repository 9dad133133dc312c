#include "http/params.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    const char *in;
    const char *out; /* "name=value|" for each pair; NULL: refused */
} cases[] = {
    { __LINE__, "", "" },
    { __LINE__, "a=1&b=2", "a=1|b=2|" },
    { __LINE__, "a=1&a=2", "a=1|a=2|" },
    { __LINE__, "a", "a=|" },
    { __LINE__, "a=", "a=|" },
    { __LINE__, "a=b=c", "a=b=c|" },
    { __LINE__, "&&a=1&", "a=1|" },
    { __LINE__, "a=1;b=2", "a=1;b=2|" },
    { __LINE__, "a[]=1", "a[]=1|" },
    { __LINE__, "na%6De=x+y%26z", "name=x y&z|" },
    { __LINE__, "x=%E2%80%AE", "x=\xe2\x80\xae|" },
    { __LINE__, "=1", NULL },
    { __LINE__, "a=%zz", NULL },
    { __LINE__, "a=%", NULL },
    { __LINE__, "%4=1", NULL },
    { __LINE__, "a=%00", NULL },
    { __LINE__, "%00=1", NULL },
    { __LINE__, "a=%ED%A0%80", NULL }, /* a lone surrogate */
    { __LINE__, "a=%C0%AF", NULL },    /* an overlong '/' */
    { __LINE__, "a=\xff", NULL },
};

START_TEST(parse_reads_pairs_in_order_or_refuses_all)
{
    struct arena *a = arena_new(65536);
    struct params p;
    const char *in = cases[_i].in, *got = "";
    enum result r = params_parse(a, in, strlen(in), &p);
    for (size_t i = 0; i < p.n; i++)
        got = arena_printf(a, "%s%s=%s|", got, p.at[i].name, p.at[i].value);
    if (cases[_i].out == NULL)
        ck_assert_msg(r == R_INVALID && p.n == 0, "case at line %d", cases[_i].line);
    else
        ck_assert_msg(r == OK && text_is(got, cases[_i].out), "case at line %d: %s",
            cases[_i].line, got);
    arena_free(a);
}
END_TEST

static enum result parse_times(const char *unit, size_t times, struct params *out)
{
    static struct arena *a;
    a = a == NULL ? arena_new(64 * 1024 * 1024) : a;
    size_t n = strlen(unit);
    char *s = arena_alloc(a, n * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(s + i * n, unit, n);
    return params_parse(a, s, n * times, out);
}

START_TEST(parse_refuses_too_many_pairs)
{
    struct params p;
    ck_assert_int_eq(parse_times("a=1&", PARAMS_MAX, &p), OK);
    ck_assert_uint_eq(p.n, PARAMS_MAX);
    ck_assert_int_eq(parse_times("a=1&", PARAMS_MAX + 1, &p), R_INVALID);
    ck_assert_int_eq(parse_times("a=1&", 10000, &p), R_INVALID);
}
END_TEST

START_TEST(parse_refuses_long_names_and_values)
{
    struct params p;
    ck_assert_int_eq(parse_times("n", PARAMS_NAME_BYTES_MAX, &p), OK);
    ck_assert_int_eq(parse_times("n", PARAMS_NAME_BYTES_MAX + 1, &p), R_INVALID);
    ck_assert_int_eq(parse_times("a=", 1, &p), OK);
    ck_assert_int_eq(
        parse_times("a=xxxxxx", 2 + PARAMS_VALUE_BYTES_MAX / 8, &p), R_INVALID);
    ck_assert_int_eq(parse_times("a=", 512 * 1024, &p), R_INVALID);
}
END_TEST

START_TEST(a_parse_needs_no_nul_at_the_end)
{
    struct arena *a = arena_new(4096);
    struct params p;
    ck_assert_int_eq(params_parse(a, "a=12&b=3", 3, &p), OK);
    ck_assert_str_eq(params_get(&p, "a"), "1");
    ck_assert_uint_eq(p.n, 1);
    arena_free(a);
}
END_TEST

START_TEST(get_finds_the_first_and_next_all)
{
    struct arena *a = arena_new(4096);
    struct params p;
    size_t from = 0;
    ck_assert_int_eq(params_parse(a, "e=oven&x=1&e=mixer", 18, &p), OK);
    ck_assert_str_eq(params_get(&p, "e"), "oven");
    ck_assert_ptr_null(params_get(&p, "y"));
    ck_assert_uint_eq(params_count(&p, "e"), 2);
    ck_assert_str_eq(params_next(&p, "e", &from), "oven");
    ck_assert_str_eq(params_next(&p, "e", &from), "mixer");
    ck_assert_ptr_null(params_next(&p, "e", &from));
    arena_free(a);
}
END_TEST

START_TEST(with_replaces_one_name_and_escapes_all)
{
    struct arena *a = arena_new(4096);
    struct params p, none = { 0 };
    const char *query = "where=San+Jos%C3%A9&page=2&e=a%26b";
    ck_assert_int_eq(params_parse(a, query, strlen(query), &p), OK);
    ck_assert_str_eq(
        params_with(a, &p, "page", "3"), "where=San%20Jos%C3%A9&e=a%26b&page=3");
    ck_assert_str_eq(params_with(a, &p, "page", NULL), "where=San%20Jos%C3%A9&e=a%26b");
    ck_assert_str_eq(params_with(a, &none, "page", NULL), "");
    ck_assert_str_eq(params_with(a, &none, "page", "1"), "page=1");
    arena_free(a);
}
END_TEST

void unit_http_params(Suite *s)
{
    TCase *t = tcase_create("params");
    tcase_add_loop_test(
        t, parse_reads_pairs_in_order_or_refuses_all, 0, COUNT_OF(cases));
    tcase_add_test(t, parse_refuses_too_many_pairs);
    tcase_add_test(t, parse_refuses_long_names_and_values);
    tcase_add_test(t, a_parse_needs_no_nul_at_the_end);
    tcase_add_test(t, get_finds_the_first_and_next_all);
    tcase_add_test(t, with_replaces_one_name_and_escapes_all);
    suite_add_tcase(s, t);
}
