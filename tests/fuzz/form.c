/* Reads anything as a form of every kind of field. What it takes must be UTF-8, must
 * survive being written and read again, and must keep to the table's limits. */
#include "http/form.h"

#include <stdint.h>
#include <string.h>

#include "http/chars.h"
#include "util/guard.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const choices[] = { "a", "b", NULL };
static const struct field fields[] = {
    { "t", FIELD_TEXT, "Text", .max = 20 },
    { "l", FIELD_LINES, "Lines" },
    { "i", FIELD_INT, "Int", .min = -5, .max = 50 },
    { "r", FIELD_REAL, "Real", .min = -90, .max = 90 },
    { "m", FIELD_MONEY, "Money", .required = true, .min = 500 },
    { "c", FIELD_CHECKBOX, "Checkbox" },
    { "o", FIELD_CHOICE, "Choice", .choices = choices },
    { "e", FIELD_EMAIL, "E-mail" },
    { "d", FIELD_DATE, "Date" },
    { "h", FIELD_TIME, "Time", .repeated = true, .hour_24 = true },
    { "n", FIELD_ID, "Id" },
    { "s", FIELD_SECRET, "Secret", .min = 8 },
};

static void check_values(const struct form *f)
{
    size_t n;
    CHECK(text_utf8_length(form_text(f, "t")) <= 20);
    CHECK(!chars_have_hidden(form_text(f, "t"), ""));
    CHECK(!chars_have_hidden(form_text(f, "l"), "\n\t"));
    CHECK(form_int(f, "i") >= -5 && form_int(f, "i") <= 50);
    CHECK(form_real(f, "r") >= -90 && form_real(f, "r") <= 90);
    CHECK(!form_has(f, "m") || form_money(f, "m").n >= 500);
    CHECK(!chars_have_hidden(form_text(f, "e"), ""));
    CHECK(form_int(f, "n") >= 0);
    const int64_t *times = form_ints(f, "h", &n);
    for (size_t i = 0; i < n; i++)
        CHECK(times[i] == FIELD_BLANK || (times[i] >= 0 && times[i] <= 24 * 60));
    CHECK(form_date(f, "d").month >= 1 && form_date(f, "d").month <= 12);
    CHECK(text_is(form_raw(f, "s"), ""));
    const struct form_error *errors = form_errors(f, &n);
    for (size_t i = 0; i < n; i++)
        CHECK(text_utf8_ok(errors[i].sentence, strlen(errors[i].sentence)));
}

static void check_again(struct arena *a, const struct params *p)
{
    struct params again;
    const char *query = params_with(a, p, "", NULL);
    CHECK(params_parse(a, query, strlen(query), &again) == OK);
    CHECK(again.n == p->n);
    for (size_t i = 0; i < p->n; i++) {
        CHECK(text_is(again.at[i].name, p->at[i].name));
        CHECK(text_is(again.at[i].value, p->at[i].value));
        CHECK(text_utf8_ok(p->at[i].value, strlen(p->at[i].value)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(256 * 1024 * 1024);
    struct params p;
    struct form f;
    if (params_parse(a, (const char *)bytes, n, &p) == OK) {
        check_again(a, &p);
        enum result r = form_read(a, fields, COUNT_OF(fields), &p, &f);
        CHECK((r == OK) == form_ok(&f));
        check_values(&f);
    }
    arena_free(a);
    return 0;
}
