#include "html/escape.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

static const struct {
    int line;
    const char *input, *html, *island;
} cases[] = {
    { __LINE__, "", "", "" },
    { __LINE__, "plain text", "plain text", "plain text" },
    { __LINE__, "<a href=\"x\">", "&lt;a href=&quot;x&quot;&gt;",
        "\\u003ca href=\"x\"\\u003e" },
    { __LINE__, "' onload='x", "&#39; onload=&#39;x", "' onload='x" },
    { __LINE__, "&amp;", "&amp;amp;", "\\u0026amp;" },
    { __LINE__, "{\"t\":\"</script><!--\"}",
        "{&quot;t&quot;:&quot;&lt;/script&gt;&lt;!--&quot;}",
        "{\"t\":\"\\u003c/script\\u003e\\u003c!--\"}" },
    { __LINE__,
        "a\xe2\x80\xa8"
        "b\xe2\x80\xa9",
        "a\xe2\x80\xa8"
        "b\xe2\x80\xa9",
        "a\\u2028b\\u2029" },
    { __LINE__, "\xe2\x80\x93 caf\xc3\xa9", "\xe2\x80\x93 caf\xc3\xa9",
        "\xe2\x80\x93 caf\xc3\xa9" },
    { __LINE__, "cut \xe2\x80", "cut \xe2\x80", "cut \xe2\x80" },
};

START_TEST(text_cannot_leave_its_place_in_a_page)
{
    struct buf out;
    buf_init(&out, 1024);
    escape_html(&out, cases[_i].input, strlen(cases[_i].input));
    ck_assert_msg(strcmp(out.at, cases[_i].html) == 0, "case at line %d: %s",
        cases[_i].line, out.at);
    buf_clear(&out);
    escape_json_island(&out, cases[_i].input, strlen(cases[_i].input));
    ck_assert_msg(strcmp(out.at, cases[_i].island) == 0, "case at line %d: %s",
        cases[_i].line, out.at);
    buf_free(&out);
}
END_TEST

START_TEST(a_nul_stays_one_byte)
{
    struct buf out;
    buf_init(&out, 1024);
    escape_html(&out, "a\0<", 3);
    escape_json_island(&out, "a\0<", 3);
    ck_assert_uint_eq(out.n, 6 + 8);
    ck_assert_int_eq(memcmp(out.at, "a\0&lt;a\0\\u003c", out.n), 0);
    buf_free(&out);
}
END_TEST

void unit_html_escape(Suite *s)
{
    TCase *t = tcase_create("escape");
    tcase_add_loop_test(t, text_cannot_leave_its_place_in_a_page, 0, COUNT_OF(cases));
    tcase_add_test(t, a_nul_stays_one_byte);
    suite_add_tcase(s, t);
}
