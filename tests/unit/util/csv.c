#include "util/csv.h"

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    const char *text, *field;
} cases[] = {
    { __LINE__, "Oak Street", "Oak Street" },
    { __LINE__, "", "" },
    { __LINE__, NULL, "" },
    { __LINE__, "Bell, & Sons", "\"Bell, & Sons\"" },
    { __LINE__, "the \"good\" one", "\"the \"\"good\"\" one\"" },
    { __LINE__, "two\nlines", "\"two\nlines\"" },
    { __LINE__, "=1+1", "\"'=1+1\"" },
    { __LINE__, "+1 512", "\"'+1 512\"" },
    { __LINE__, "-cmd", "\"'-cmd\"" },
    { __LINE__, "@SUM(A1)", "\"'@SUM(A1)\"" },
    { __LINE__, "\tx", "\"'\tx\"" },
    { __LINE__, "\rx", "\"'\rx\"" },
    { __LINE__, "=\"a\",b", "\"'=\"\"a\"\",b\"" },
    { __LINE__, "a=b", "a=b" },
};

START_TEST(texts_are_quoted_where_they_must_be_and_formulas_are_disarmed)
{
    struct buf b;
    buf_init(&b, 256);
    csv_text(&(struct csv) { .out = &b }, cases[_i].text);
    ck_assert_msg(
        text_is(b.at, cases[_i].field), "case at line %d: %s", cases[_i].line, b.at);
    buf_free(&b);
}
END_TEST

START_TEST(a_row_has_commas_between_and_ends_with_crlf)
{
    struct buf b;
    buf_init(&b, 256);
    struct csv csv = { .out = &b };
    csv_int(&csv, -7);
    csv_text(&csv, "");
    csv_cents(&csv, cents_of(61845));
    csv_cents(&csv, cents_of(-5));
    csv_plain(&csv, "2026-11-24");
    csv_end(&csv);
    csv_plain(&csv, "x");
    csv_end(&csv);
    ck_assert_str_eq(b.at, "-7,,618.45,-0.05,2026-11-24\r\nx\r\n");
    buf_free(&b);
}
END_TEST

void unit_util_csv(Suite *s)
{
    TCase *t = tcase_create("csv");
    tcase_add_loop_test(t,
        texts_are_quoted_where_they_must_be_and_formulas_are_disarmed, 0,
        COUNT_OF(cases));
    tcase_add_test(t, a_row_has_commas_between_and_ends_with_crlf);
    suite_add_tcase(s, t);
}
