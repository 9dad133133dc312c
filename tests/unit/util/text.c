#include "util/text.h"

#include "unit.h"
#include "util/guard.h"

static const struct {
    int line;
    const char *bytes;
    size_t n;
    bool ok;
} utf8_cases[] = {
    { __LINE__, "plain", 5, true },
    { __LINE__, "\xc3\xa9", 2, true },
    { __LINE__, "\xf0\x9f\x8d\xb3", 4, true },
    { __LINE__, "a\0b", 3, false },
    { __LINE__, "\xc0\xaf", 2, false },
    { __LINE__, "\xed\xa0\x80", 3, false },
    { __LINE__, "\xf4\x90\x80\x80", 4, false },
    { __LINE__, "\xe2\x82", 2, false },
    { __LINE__, "\xff", 1, false },
};

START_TEST(utf8_refuses_overlong_surrogates_nul_and_truncation)
{
    bool got = text_utf8_ok(utf8_cases[_i].bytes, utf8_cases[_i].n);
    ck_assert_msg(got == utf8_cases[_i].ok, "case at line %d", utf8_cases[_i].line);
}
END_TEST

static const struct {
    int line;
    const char *s;
    bool ok;
    int64_t n;
} int_cases[] = {
    { __LINE__, "0", true, 0 },
    { __LINE__, "-7", true, -7 },
    { __LINE__, "9223372036854775807", true, INT64_MAX },
    { __LINE__, "9223372036854775808", false, 0 },
    { __LINE__, "-9223372036854775808", true, INT64_MIN },
    { __LINE__, "", false, 0 },
    { __LINE__, " 1", false, 0 },
    { __LINE__, "+1", false, 0 },
    { __LINE__, "1e3", false, 0 },
    { __LINE__, "-", false, 0 },
};

START_TEST(int_takes_whole_decimal_numbers_only)
{
    int64_t n = 0;
    bool ok = text_int(int_cases[_i].s, INT64_MIN, INT64_MAX, &n);
    ck_assert_msg(ok == int_cases[_i].ok && n == int_cases[_i].n, "case at line %d",
        int_cases[_i].line);
}
END_TEST

START_TEST(an_int_is_written_as_it_is_read)
{
    struct arena *a = arena_new(4096);
    ck_assert_str_eq(text_of_int(a, 0), "0");
    ck_assert_str_eq(text_of_int(a, -7), "-7");
    ck_assert_str_eq(text_of_int(a, 1234567890), "1234567890");
    ck_assert_str_eq(text_of_int(a, INT64_MAX), "9223372036854775807");
    ck_assert_str_eq(text_of_int(a, INT64_MIN), "-9223372036854775808");
    arena_free(a);
}
END_TEST

START_TEST(slug_joins_words_and_never_is_empty)
{
    struct arena *a = arena_new(4096);
    ck_assert_str_eq(text_slug(a, "Bob's  Big Kitchen!", 60), "bob-s-big-kitchen");
    ck_assert_str_eq(text_slug(a, "\xe6\x97\xa5\xe6\x9c\xac", 60), "kitchen");
    ck_assert_str_eq(text_slug(a, "abc def", 4), "abc");
    arena_free(a);
}
END_TEST

START_TEST(base64url_and_url_follow_their_rfcs)
{
    struct arena *a = arena_new(4096);
    ck_assert_str_eq(text_base64url(a, "\xfb\xff\xfe", 3), "-__-");
    ck_assert_str_eq(text_base64url(a, "f", 1), "Zg");
    ck_assert_str_eq(text_base64url(a, "fo", 2), "Zm8");
    ck_assert_str_eq(text_url(a, "a b/\xc3\xa9~"), "a%20b%2F%C3%A9~");
    ck_assert_str_eq(text_hex(a, "\x00\xff", 2), "00ff");
    arena_free(a);
}
END_TEST

START_TEST(a_sentence_has_one_stop)
{
    ck_assert_str_eq(text_full_stop("Rain"), ".");
    ck_assert_str_eq(text_full_stop(""), ".");
    ck_assert_str_eq(text_full_stop("Rain."), "");
    ck_assert_str_eq(text_full_stop("Rain!"), "");
    ck_assert_str_eq(text_full_stop("Rain?"), "");
}
END_TEST

START_TEST(a_word_that_has_no_pair_stays)
{
    static const char *const pairs[][2] = { { "a", "Apple" }, { "b", "" } };
    ck_assert_str_eq(text_in_words(pairs, 2, "a"), "Apple");
    ck_assert_str_eq(text_in_words(pairs, 2, "b"), "");
    ck_assert_str_eq(text_in_words(pairs, 1, "b"), "b");
    ck_assert_str_eq(text_in_words(pairs, 2, "Apple"), "Apple");
}
END_TEST

void unit_util_text(Suite *s)
{
    TCase *t = tcase_create("text");
    tcase_add_loop_test(t, utf8_refuses_overlong_surrogates_nul_and_truncation, 0,
        COUNT_OF(utf8_cases));
    tcase_add_loop_test(
        t, int_takes_whole_decimal_numbers_only, 0, COUNT_OF(int_cases));
    tcase_add_test(t, an_int_is_written_as_it_is_read);
    tcase_add_test(t, slug_joins_words_and_never_is_empty);
    tcase_add_test(t, base64url_and_url_follow_their_rfcs);
    tcase_add_test(t, a_sentence_has_one_stop);
    tcase_add_test(t, a_word_that_has_no_pair_stays);
    suite_add_tcase(s, t);
}
