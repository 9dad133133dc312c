#include "util/json.h"

#include <signal.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct arena *a;
static struct buf out;

static void set_up(void)
{
    a = arena_new(64 * 1024 * 1024);
    buf_init(&out, 8 * 1024 * 1024);
}

static void tear_down(void)
{
    arena_free(a);
    buf_free(&out);
}

static const struct json *tree(const char *s)
{
    const struct json *j;
    ck_assert_int_eq(json_read(a, s, strlen(s), &j), OK);
    return j;
}

static const struct {
    int line;
    const char *s;
    bool ok;
} read_cases[] = {
    { __LINE__, "{}", true },
    { __LINE__, " [1, -2.5e3, \"x\", null, true] ", true },
    { __LINE__, "\"\\ud83c\\udf73\"", true },
    { __LINE__, "3", true },
    { __LINE__, "", false },
    { __LINE__, "   ", false },
    { __LINE__, "{", false },
    { __LINE__, "[1,]", false },
    { __LINE__, "{\"a\":1,}", false },
    { __LINE__, "{'a':1}", false },
    { __LINE__, "{\"a\":1}{\"b\":2}", false },
    { __LINE__, "{} x", false },
    { __LINE__, "[NaN]", false },
    { __LINE__, "[01]", false },
    { __LINE__, "[+1]", false },
    { __LINE__, "[1.]", false },
    { __LINE__, "/* no */ {}", false },
    { __LINE__, "{} // no", false },
    { __LINE__, "{\"a\":1,\"a\":2}", false },
    { __LINE__, "{\"a\":1,\"\\u0061\":2}", false },
    { __LINE__, "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", true },
    { __LINE__, "\"a\\u0000b\"", false },
    { __LINE__, "{\"a\\u0000b\":1}", false },
    { __LINE__, "\"\xc0\xaf\"", false },
    { __LINE__, "\"\xed\xa0\x80\"", false },
    { __LINE__, "\"\\udc00\"", false },
    { __LINE__, "\"tab\there\"", false },
};

START_TEST(read_refuses_what_is_not_strict_json)
{
    const struct json *j;
    const char *s = read_cases[_i].s;
    bool ok = json_read(a, s, strlen(s), &j) == OK;
    ck_assert_msg(ok == read_cases[_i].ok && ok == (j != NULL), "case at line %d",
        read_cases[_i].line);
}
END_TEST

START_TEST(read_stops_at_depth_32_before_anything_recurses)
{
    const struct json *j;
    for (int i = 0; i < 32; i++)
        buf_adds(&out, "[");
    for (int i = 0; i < 32; i++)
        buf_adds(&out, "]");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), OK);
    buf_clear(&out);
    for (int i = 0; i < 1000000; i++)
        buf_adds(&out, "[");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), R_INVALID);
}
END_TEST

START_TEST(read_counts_nodes_keys_and_bytes)
{
    const struct json *j;
    buf_adds(&out, "[0");
    for (int i = 0; i < JSON_NODES_MAX - 2; i++)
        buf_adds(&out, ",0");
    buf_adds(&out, "]");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), OK);
    ck_assert_uint_eq(j->count, JSON_NODES_MAX - 1);
    out.n--;
    buf_adds(&out, ",0]");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), R_INVALID);
    buf_clear(&out);
    buf_adds(&out, "{\"k\":0");
    for (int i = 0; i < JSON_KEYS_MAX; i++)
        buf_printf(&out, ",\"k%d\":0", i);
    buf_adds(&out, "}");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), R_INVALID);
    buf_clear(&out);
    while (out.n <= JSON_BYTES_MAX)
        buf_adds(&out, "                                                ");
    buf_adds(&out, "1");
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), R_INVALID);
}
END_TEST

START_TEST(integers_are_exact_and_other_numbers_keep_their_digits)
{
    const struct json *j = tree(
        "[9223372036854775807,-9223372036854775808,9223372036854775808,1.0,1e400,-0]");
    int64_t n = 5;
    ck_assert(json_int(j, "[0]", &n) && n == INT64_MAX);
    ck_assert(json_int(j, "[1]", &n) && n == INT64_MIN);
    ck_assert(!json_int(j, "[2]", &n) && !json_int(j, "[3]", &n));
    ck_assert_int_eq(n, INT64_MIN);
    ck_assert_int_eq(json_get(j, "[2]")->kind, JSON_REAL);
    ck_assert_str_eq(json_get(j, "[2]")->text, "9223372036854775808");
    ck_assert_str_eq(json_get(j, "[4]")->text, "1e400");
    ck_assert(json_int(j, "[5]", &n) && n == 0);
}
END_TEST

START_TEST(a_path_leads_to_its_node_or_to_nothing)
{
    const struct json *j = tree("{\"a\":{\"b\":[{\"c\":\"here\"},[7]],\"bc\":true},"
                                "\"x.y\":\"dotted\",\"n\":null}");
    int64_t n;
    bool truth = false;
    ck_assert_str_eq(json_text(j, "a.b[0].c"), "here");
    ck_assert(json_int(j, "a.b[1][0]", &n) && n == 7);
    ck_assert(json_bool(j, "a.bc", &truth) && truth);
    ck_assert_str_eq(json_text(json_member(j, "x.y"), ""), "dotted");
    ck_assert_int_eq(json_get(j, "n")->kind, JSON_NULL);
    static const char *const nowhere[] = { "z", "a.z", "a.b[2]", "a.b.c", "a[0]",
        "a.b[0].c.d", "n.z", "a.b[99999]" };
    for (size_t i = 0; i < COUNT_OF(nowhere); i++)
        ck_assert_msg(json_get(j, nowhere[i]) == NULL, "%s", nowhere[i]);
    ck_assert_ptr_eq(json_text(j, "a"), NULL);
    ck_assert(!json_bool(j, "n", &truth) && truth);
    ck_assert_ptr_eq(json_text(NULL, "a.b"), NULL);
    size_t count = 0;
    json_each(e, json_get(j, "a.b")) count++;
    ck_assert_uint_eq(count, 2);
    json_each(e, json_get(j, "z")) count++;
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(writing_escapes_for_json_and_for_html)
{
    struct json_writer *w = json_begin(a, &out);
    json_open_object(w);
    json_key_text(w, "t", "</script> \"q\" \\ \n\x01 \xc3\xa9 & \xe2\x82\xac");
    json_key_text(w, "bad", "caf\xe9");
    json_key_text(w, "none", NULL);
    json_key_int(w, "n", INT64_MIN);
    json_key_bool(w, "yes", true);
    json_key(w, "list");
    json_open_array(w);
    json_put_int(w, 1);
    json_open_object(w);
    json_close_object(w);
    json_close_array(w);
    json_close_object(w);
    ck_assert(json_end(w));
    ck_assert_str_eq(out.at,
        "{\"t\":\"\\u003c/script\\u003e \\\"q\\\" \\\\ \\n\\u0001 \xc3\xa9 \\u0026 "
        "\xe2\x82\xac\",\"bad\":\"caf?\",\"none\":null,\"n\":-9223372036854775808,"
        "\"yes\":true,\"list\":[1,{}]}");
    const struct json *j;
    ck_assert_int_eq(json_read(a, out.at, out.n, &j), OK);
    ck_assert_str_eq(
        json_text(j, "t"), "</script> \"q\" \\ \n\x01 \xc3\xa9 & \xe2\x82\xac");
}
END_TEST

START_TEST(writing_past_the_maximum_says_so)
{
    struct buf small;
    buf_init(&small, 10);
    struct json_writer *w = json_begin(a, &small);
    json_put_text(w, "more than ten bytes");
    ck_assert(!json_end(w));
    buf_free(&small);
}
END_TEST

START_TEST(a_value_without_its_key_is_a_bug)
{
    struct json_writer *w = json_begin(a, &out);
    json_open_object(w);
    json_put_int(w, 1);
}
END_TEST

void unit_util_json(Suite *s)
{
    TCase *t = tcase_create("json");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(
        t, read_refuses_what_is_not_strict_json, 0, COUNT_OF(read_cases));
    tcase_add_test(t, read_stops_at_depth_32_before_anything_recurses);
    tcase_add_test(t, read_counts_nodes_keys_and_bytes);
    tcase_add_test(t, integers_are_exact_and_other_numbers_keep_their_digits);
    tcase_add_test(t, a_path_leads_to_its_node_or_to_nothing);
    tcase_add_test(t, writing_escapes_for_json_and_for_html);
    tcase_add_test(t, writing_past_the_maximum_says_so);
    tcase_add_test_raise_signal(t, a_value_without_its_key_is_a_bug, SIGABRT);
    suite_add_tcase(s, t);
}
