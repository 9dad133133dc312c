#include "http/fields.h"

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const char *const roles[] = { "vendor", "host", NULL };

#define UNSEEN "Take out the characters that cannot be seen: retype what you pasted."
#define EMAIL "Enter an e-mail address such as name@example.com."
#define PRICE "Enter a price such as 45.00."

static const struct field text = { "x", FIELD_TEXT, "X", .min = 2, .max = 5 },
                          plain = { "x", FIELD_TEXT, "X" },
                          lines = { "x", FIELD_LINES, "X", .max = 8 },
                          hours = { "x", FIELD_INT, "X", .min = 2, .max = 24 },
                          count = { "x", FIELD_INT, "X" },
                          lat = { "x", FIELD_REAL, "X", .min = -90, .max = 90 },
                          rate = { "x", FIELD_MONEY, "X", .min = 500, .max = 100000 },
                          fee = { "x", FIELD_MONEY, "X" },
                          box = { "x", FIELD_CHECKBOX, "X" },
                          role = { "x", FIELD_CHOICE, "X", .choices = roles },
                          email = { "x", FIELD_EMAIL, "X" },
                          date = { "x", FIELD_DATE, "X" },
                          start = { "x", FIELD_TIME, "X" },
                          end = { "x", FIELD_TIME, "X", .hour_24 = true },
                          open = { "x", FIELD_TIME, "X", .min = 360, .max = 1320 },
                          id = { "x", FIELD_ID, "X" },
                          password = { "x", FIELD_SECRET, "X", .min = 8, .max = 10 },
                          advised = { "x", FIELD_INT, "X", .max = 9, .advice = "Do." };

static const struct {
    int line;
    const struct field *field;
    const char *raw;
    const char *wrong; /* NULL: taken */
    const char *text;  /* when taken */
    int64_t number;
} cases[] = {
    { __LINE__, &text, "", NULL, "", FIELD_BLANK },
    { __LINE__, &text, " \t\r\n", NULL, "", FIELD_BLANK },
    { __LINE__, &text, " ab ", NULL, "ab", FIELD_BLANK },
    { __LINE__, &text, "caf\xc3\xa9s", NULL, "caf\xc3\xa9s", FIELD_BLANK },
    { __LINE__, &text, "a", "Use at least 2 characters." },
    { __LINE__, &text, "abcdef", "Use at most 5 characters; these are 6." },
    { __LINE__, &text, "a\nb", "Write this on one line, without tabs." },
    { __LINE__, &text,
        "a\x1b"
        "b",
        UNSEEN },
    { __LINE__, &text,
        "a\xe2\x80\xae"
        "b",
        UNSEEN },
    { __LINE__, &plain, "{{secret}} <b>\"'&", NULL, "{{secret}} <b>\"'&", FIELD_BLANK },
    { __LINE__, &lines, "a\r\nb\rc\nd", NULL, "a\nb\nc\nd", FIELD_BLANK },
    { __LINE__, &lines, "\r\na\tb\r\n", NULL, "a\tb", FIELD_BLANK },
    { __LINE__, &lines, "a\x01", UNSEEN },
    { __LINE__, &lines, "123456789", "Use at most 8 characters; these are 9." },
    { __LINE__, &hours, "2", NULL, "2", 2 },
    { __LINE__, &hours, " 24 ", NULL, "24", 24 },
    { __LINE__, &hours, "25", "Enter a whole number from 2 to 24." },
    { __LINE__, &hours, "-1", "Enter a whole number from 2 to 24." },
    { __LINE__, &hours, "2.5", "Enter a whole number from 2 to 24." },
    { __LINE__, &hours, "1e1", "Enter a whole number from 2 to 24." },
    { __LINE__, &hours, "NaN", "Enter a whole number from 2 to 24." },
    { __LINE__, &count, "9223372036854775807", NULL, "9223372036854775807", INT64_MAX },
    { __LINE__, &count, "9223372036854775808", "Enter a whole number, 0 or more." },
    { __LINE__, &count, "-1", "Enter a whole number, 0 or more." },
    { __LINE__, &lat, "-97.7", "Enter a number from -90 to 90, such as 0.5." },
    { __LINE__, &lat, "inf", "Enter a number from -90 to 90, such as 0.5." },
    { __LINE__, &lat, "30.2672", NULL, "30.2672", FIELD_BLANK },
    { __LINE__, &rate, "45", NULL, "45", 4500 },
    { __LINE__, &rate, "$45.5", NULL, "$45.5", 4550 },
    { __LINE__, &rate, "1,000.00", NULL, "1,000.00", 100000 },
    { __LINE__, &rate, "4.99", "Enter an amount from $5.00 to $1,000.00." },
    { __LINE__, &rate, "1000.01", "Enter an amount from $5.00 to $1,000.00." },
    { __LINE__, &rate, "-45", PRICE },
    { __LINE__, &rate, "45.001", PRICE },
    { __LINE__, &rate, "1e9", PRICE },
    { __LINE__, &rate, "9223372036854775807", PRICE },
    { __LINE__, &fee, "0", NULL, "0", 0 },
    { __LINE__, &fee, "1000000.01", "Enter an amount from $0.00 to $1,000,000.00." },
    { __LINE__, &box, "on", NULL, "on", 1 },
    { __LINE__, &box, "0", NULL, "0", 0 },
    { __LINE__, &box, "2", "Tick this box, or leave it empty." },
    { __LINE__, &role, "host", NULL, "host", FIELD_BLANK },
    { __LINE__, &role, "admin", "Choose one of the answers offered." },
    { __LINE__, &role, "Host", "Choose one of the answers offered." },
    { __LINE__, &email, "o.k+1@a-b.example.com", NULL, "o.k+1@a-b.example.com",
        FIELD_BLANK },
    { __LINE__, &email, "a", EMAIL },
    { __LINE__, &email, "a@b", EMAIL },
    { __LINE__, &email, "@b.example", EMAIL },
    { __LINE__, &email, "a@@b.example", EMAIL },
    { __LINE__, &email, "a@b..example", EMAIL },
    { __LINE__, &email, "a@-b.example", EMAIL },
    { __LINE__, &email, "a@b.example.", EMAIL },
    { __LINE__, &email, ".a@b.example", EMAIL },
    { __LINE__, &email, "a.@b.example", EMAIL },
    { __LINE__, &email, "a@b.example\r\nBcc: c@d.example", EMAIL },
    { __LINE__, &email, "a b@c.example", EMAIL },
    { __LINE__, &email, "<a@b.example>", EMAIL },
    { __LINE__, &email, "a@b.example,c@d.example", EMAIL },
    { __LINE__, &date, "2028-02-29", NULL, "2028-02-29", FIELD_BLANK },
    { __LINE__, &date, "2027-02-29", "Enter a date such as 2026-11-24." },
    { __LINE__, &date, "24.11.2026", "Enter a date such as 2026-11-24." },
    { __LINE__, &date, "0000-01-01", "Enter a date such as 2026-11-24." },
    { __LINE__, &start, "07:15", NULL, "07:15", 435 },
    { __LINE__, &start, "07:15:00", NULL, "07:15:00", 435 },
    { __LINE__, &start, "07:15:30", "Enter a time such as 07:15." },
    { __LINE__, &start, "00:00", NULL, "00:00", 0 },
    { __LINE__, &start, "24:00", "Enter a time such as 07:15." },
    { __LINE__, &start, "7:15", "Enter a time such as 07:15." },
    { __LINE__, &end, "24:00", NULL, "24:00", 1440 },
    { __LINE__, &end, "24:01", "Enter a time such as 07:15." },
    { __LINE__, &open, "05:59", "Enter a time from 06:00 to 22:00." },
    { __LINE__, &id, "7", NULL, "7", 7 },
    { __LINE__, &id, "0", "Choose one from the list." },
    { __LINE__, &id, "-7", "Choose one from the list." },
    { __LINE__, &id, "7;drop", "Choose one from the list." },
    { __LINE__, &password, " spaces ", NULL, " spaces ", FIELD_BLANK },
    { __LINE__, &password, "short", "Use at least 8 characters." },
    { __LINE__, &password, "p\xc3\xa4ssw\xc3\xb6rtern",
        "Use at most 10 characters; these are 11." },
    { __LINE__, &advised, "10", "Do." },
};

START_TEST(a_value_is_clean_or_has_its_sentence)
{
    struct arena *a = arena_new(65536);
    struct field_value v;
    const char *wrong = fields_read(a, cases[_i].field, cases[_i].raw, &v);
    int line = cases[_i].line;
    if (cases[_i].wrong != NULL) {
        ck_assert_msg(text_is(wrong, cases[_i].wrong), "case at line %d: %s", line,
            wrong == NULL ? "taken" : wrong);
    } else {
        ck_assert_msg(wrong == NULL, "case at line %d: %s", line, wrong);
        ck_assert_msg(text_is(v.text, cases[_i].text), "case at line %d", line);
        ck_assert_msg(v.number == cases[_i].number, "case at line %d", line);
    }
    arena_free(a);
}
END_TEST

START_TEST(a_fraction_is_read_as_such)
{
    struct arena *a = arena_new(4096);
    struct field_value v;
    ck_assert_ptr_null(fields_read(a, &lat, "-33.25", &v));
    ck_assert_double_eq(v.real, -33.25);
    arena_free(a);
}
END_TEST

/* The label stands beside the sentence wherever it is shown. */
START_TEST(what_is_missing_is_asked_for_without_its_label)
{
    struct field f = { "x", FIELD_TEXT, "Full name" };
    ck_assert_str_eq(fields_missing(&f), "Fill this in.");
    f.kind = FIELD_CHECKBOX;
    ck_assert_str_eq(fields_missing(&f), "Tick this.");
    f.advice = "Accept it.";
    ck_assert_str_eq(fields_missing(&f), "Accept it.");
}
END_TEST

void unit_http_fields(Suite *s)
{
    TCase *t = tcase_create("fields");
    tcase_add_loop_test(t, a_value_is_clean_or_has_its_sentence, 0, COUNT_OF(cases));
    tcase_add_test(t, a_fraction_is_read_as_such);
    tcase_add_test(t, what_is_missing_is_asked_for_without_its_label);
    suite_add_tcase(s, t);
}
