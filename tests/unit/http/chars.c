#include "http/chars.h"

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    const char *in;
    bool plus;
    const char *out; /* NULL: refused */
} decode_cases[] = {
    { __LINE__, "", true, "" },
    { __LINE__, "plain", true, "plain" },
    { __LINE__, "a+b", true, "a b" },
    { __LINE__, "a+b", false, "a+b" },
    { __LINE__, "%41%2f%2F", true, "A//" },
    { __LINE__, "%2541", true, "%41" },
    { __LINE__, "caf%C3%A9", true, "caf\xc3\xa9" },
    { __LINE__, "caf\xc3\xa9", true, "caf\xc3\xa9" },
    { __LINE__, "%0d%0a", true, "\r\n" },
    { __LINE__, "%", true, NULL },
    { __LINE__, "%4", true, NULL },
    { __LINE__, "%zz", true, NULL },
    { __LINE__, "%4g", true, NULL },
    { __LINE__, "%+1", true, NULL },
    { __LINE__, "a%00b", true, NULL },
    { __LINE__, "%c0%af", true, NULL },
    { __LINE__, "%ed%a0%80", true, NULL },
    { __LINE__, "%ff", true, NULL },
};

START_TEST(decode_undoes_escapes_and_refuses_broken_ones_and_bad_utf8)
{
    struct arena *a = arena_new(4096);
    const char *in = decode_cases[_i].in;
    char *out = chars_decode(a, in, strlen(in), decode_cases[_i].plus);
    bool same =
        decode_cases[_i].out == NULL ? out == NULL : text_is(out, decode_cases[_i].out);
    ck_assert_msg(same, "case at line %d", decode_cases[_i].line);
    arena_free(a);
}
END_TEST

static const struct {
    int line;
    const char *s;
    size_t n;
} hidden_cases[] = {
    { __LINE__, "", 0 }, { __LINE__, "a", 0 }, { __LINE__, "\t", 1 },
    { __LINE__, "\x1b[31m", 1 }, { __LINE__, "\x7f", 1 }, { __LINE__, "\xc2\x85", 2 },
    { __LINE__, "\xc2\xa0", 0 }, { __LINE__, "\xe2\x80\xa8", 3 }, /* line separator */
    { __LINE__, "\xe2\x80\xae", 3 }, /* right-to-left override */
    { __LINE__, "\xe2\x80\xaf", 0 },
    { __LINE__, "\xe2\x81\xa6", 3 }, /* left-to-right isolate */
    { __LINE__, "\xe2\x81\xaa", 0 },
    { __LINE__, "\xe2\x80\x8d", 0 }, /* joins the parts of an emoji */
};

START_TEST(hidden_knows_controls_and_overrides_of_direction)
{
    ck_assert_msg(chars_hidden(hidden_cases[_i].s) == hidden_cases[_i].n,
        "case at line %d", hidden_cases[_i].line);
}
END_TEST

START_TEST(trim_takes_the_blanks_that_only_look_empty)
{
    char plain[] = " \t a b\r\n", wide[] = "\xe3\x80\x80\xc2\xa0x\xe2\x80\x8b ",
         nothing[] = "\xc2\xa0 \xe2\x80\x8b";
    ck_assert_str_eq(chars_trim(plain), "a b");
    ck_assert_str_eq(chars_trim(wide), "x");
    ck_assert_str_eq(chars_trim(nothing), "");
}
END_TEST

void unit_http_chars(Suite *s)
{
    TCase *t = tcase_create("chars");
    tcase_add_loop_test(t, decode_undoes_escapes_and_refuses_broken_ones_and_bad_utf8,
        0, COUNT_OF(decode_cases));
    tcase_add_loop_test(
        t, hidden_knows_controls_and_overrides_of_direction, 0, COUNT_OF(hidden_cases));
    tcase_add_test(t, trim_takes_the_blanks_that_only_look_empty);
    suite_add_tcase(s, t);
}
