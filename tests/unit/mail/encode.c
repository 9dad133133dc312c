#include "mail/encode.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

static struct arena *a;
static struct buf out;

static void set_up(void)
{
    a = arena_new(64 * 1024);
    buf_init(&out, 64 * 1024);
}

static void tear_down(void)
{
    arena_free(a);
    buf_free(&out);
}

static const struct {
    int line;
    const char *text, *quoted;
} quoted_cases[] = {
    { __LINE__, "plain\n", "plain\r\n" },
    { __LINE__, "no end", "no end\r\n" },
    { __LINE__, "a\r\nb\n\nc", "a\r\nb\r\n\r\nc\r\n" },
    { __LINE__, "1 = 2", "1 =3D 2\r\n" },
    { __LINE__, "caf\xc3\xa9", "caf=C3=A9\r\n" },
    { __LINE__, "blank \nand tab\t", "blank=20\r\nand tab=09\r\n" },
    { __LINE__, ".\n..x\na.b", "=2E\r\n=2E.x\r\na.b\r\n" },
    { __LINE__, "lone\rreturn", "lone=0Dreturn\r\n" },
    { __LINE__, "", "" },
};

START_TEST(quoted_printable_follows_rfc_2045)
{
    encode_quoted(&out, quoted_cases[_i].text);
    ck_assert_str_eq(out.at, quoted_cases[_i].quoted);
}
END_TEST

START_TEST(quoted_printable_breaks_lines_at_76_and_hides_each_leading_dot)
{
    char text[500];
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = ".x\xc3\xa9"[i % 4];
    text[sizeof text - 4] = '\0';
    encode_quoted(&out, text);
    for (const char *line = out.at; *line != '\0'; line = strchr(line, '\n') + 1) {
        ck_assert_uint_le(strcspn(line, "\r"), 76);
        ck_assert_int_ne(*line, '.');
    }
}
END_TEST

START_TEST(base64_pads_and_breaks_lines_at_76)
{
    encode_base64(&out, (struct span) { "a\0b", 3 }, false);
    encode_base64(&out, (struct span) { "f", 1 }, false);
    ck_assert_str_eq(out.at, "YQBiZg==");
    buf_clear(&out);
    char zeros[58] = { 0 };
    encode_base64(&out, (struct span) { zeros, 58 }, true);
    ck_assert_uint_eq(strcspn(out.at, "\r"), 76);
    ck_assert(text_ends(out.at, "\r\nAA==\r\n"));
}
END_TEST

START_TEST(words_are_encoded_only_if_needed_and_between_characters)
{
    ck_assert_str_eq(encode_words(a, "Your booking"), "Your booking");
    ck_assert_str_eq(encode_words(a, "caf\xc3\xa9"), "=?UTF-8?B?Y2Fmw6k=?=");
    ck_assert_str_eq(
        encode_words(a, "=?UTF-8?B?eA==?="), "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
    char text[300] = "";
    for (int i = 0; i < 30; i++)
        strncat(text, "\xf0\x9f\x8d\xb3 ", 6);
    const char *words = encode_words(a, text);
    for (const char *line = words; line != NULL;) {
        ck_assert(text_starts(line, "=?UTF-8?B?"));
        ck_assert_uint_le(strcspn(line, "\r") + strlen("Subject: "), 76);
        line = strstr(line, "\r\n ");
        line = line == NULL ? NULL : line + 3;
    }
}
END_TEST

static const struct {
    int line;
    const char *text;
    bool simple;
} simple_cases[] = {
    { __LINE__, "Hello\nworld\n", true },
    { __LINE__, "a\r\n\r\nb", true },
    { __LINE__, "caf\xc3\xa9", false },
    { __LINE__, "bell\a", false },
    { __LINE__, "x\n.\ny", false },
    { __LINE__, "x\n--=_alt", false },
    { __LINE__, "lone\rreturn", false },
};

START_TEST(a_simple_text_is_ascii_and_like_no_delimiter)
{
    ck_assert_msg(encode_is_simple(simple_cases[_i].text) == simple_cases[_i].simple,
        "case at line %d", simple_cases[_i].line);
    char text[202];
    memset(text, 'x', 201);
    text[201] = '\0';
    ck_assert(!encode_is_simple(text));
    ck_assert(encode_is_simple(text + 1));
}
END_TEST

void unit_mail_encode(Suite *s)
{
    TCase *t = tcase_create("encode");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(
        t, quoted_printable_follows_rfc_2045, 0, COUNT_OF(quoted_cases));
    tcase_add_test(t, quoted_printable_breaks_lines_at_76_and_hides_each_leading_dot);
    tcase_add_test(t, base64_pads_and_breaks_lines_at_76);
    tcase_add_test(t, words_are_encoded_only_if_needed_and_between_characters);
    tcase_add_loop_test(
        t, a_simple_text_is_ascii_and_like_no_delimiter, 0, COUNT_OF(simple_cases));
    suite_add_tcase(s, t);
}
