#include "http/fields.h"

#include <string.h>

#include "http/chars.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/money.h"
#include "util/text.h"

enum { DAY_MIN = 24 * 60, LOCAL_PART_MAX = 64, DOMAIN_LABEL_MAX = 63 };

/* Judges v->text, which is not blank, and fills in the numbers. NULL or a sentence. */
typedef const char *judge(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v);

/* ---- text ------------------------------------------------------------------------ */

static const char *judge_length(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    long long length = (long long)text_utf8_length(v->text);
    if (length > max)
        return arena_printf(
            a, "Use at most %lld characters; these are %lld.", (long long)max, length);
    if (length < field->min)
        return arena_printf(a, "Use at least %lld characters.", (long long)field->min);
    return NULL;
}

static const char *judge_text(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    if (strpbrk(v->text, "\r\n\t") != NULL)
        return "Write this on one line, without tabs.";
    if (chars_have_hidden(v->text, ""))
        return "Take out the characters that cannot be seen: retype what you pasted.";
    return judge_length(a, field, max, v);
}

static const char *judge_lines(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    if (chars_have_hidden(v->text, "\n\t"))
        return "Take out the characters that cannot be seen: retype what you pasted.";
    return judge_length(a, field, max, v);
}

/* An atom with dots inside, or one label of a domain. */
static bool is_part(const char *s, size_t n, size_t max, const char *also)
{
    if (n == 0 || n > max)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool word = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') ||
                    (s[i] >= 'A' && s[i] <= 'Z');
        if (!word && (s[i] == '\0' || strchr(also, s[i]) == NULL))
            return false;
    }
    return true;
}

/* As the HTML standard's input type=email, plus: a dot in the domain, none at the
 * ends of the local part or doubled in it (RFC 5321, section 4.1.2). */
static bool is_email(const char *s)
{
    const char *at = strrchr(s, '@');
    if (at == NULL ||
        !is_part(s, (size_t)(at - s), LOCAL_PART_MAX, ".!#$%&'*+/=?^_`{|}~-"))
        return false;
    if (*s == '.' || at[-1] == '.' || strstr(s, "..") != NULL)
        return false;
    size_t labels = 0;
    for (const char *p = at + 1;; labels++) {
        size_t n = strcspn(p, ".");
        if (!is_part(p, n, DOMAIN_LABEL_MAX, "-") || p[0] == '-' || p[n - 1] == '-')
            return false;
        if (p[n] == '\0')
            return labels > 0;
        p += n + 1;
    }
}

static const char *judge_email(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    if (!is_email(v->text))
        return "Enter an e-mail address such as name@example.com.";
    return judge_length(a, field, max, v);
}

/* ---- numbers --------------------------------------------------------------------- */

static const char *judge_int(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    if (text_int(v->text, field->min, max, &v->number))
        return NULL;
    if (max == INT64_MAX)
        return arena_printf(
            a, "Enter a whole number, %lld or more.", (long long)field->min);
    return arena_printf(a, "Enter a whole number from %lld to %lld.",
        (long long)field->min, (long long)max);
}

static const char *judge_real(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    if (text_real(v->text, (double)field->min, (double)max, &v->real))
        return NULL;
    return arena_printf(a, "Enter a number from %lld to %lld, such as %lld.5.",
        (long long)field->min, (long long)max,
        field->min > 0 ? (long long)field->min : 0);
}

static const char *judge_money(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    struct cents cents;
    if (!cents_parse(v->text, &cents))
        return "Enter a price such as 45.00.";
    if (cents.n < field->min || cents.n > max)
        return arena_printf(a, "Enter an amount from %s to %s.",
            cents_format(a, cents_of(field->min)), cents_format(a, cents_of(max)));
    v->number = cents.n;
    return NULL;
}

static const char *judge_id(
    struct arena *, const struct field *, int64_t max, struct field_value *v)
{
    return text_int(v->text, 1, max, &v->number) ? NULL : "Choose one from the list.";
}

/* ---- choices and times ----------------------------------------------------------- */

static const char *judge_checkbox(
    struct arena *, const struct field *, int64_t, struct field_value *v)
{
    static const struct {
        const char *text;
        int64_t number;
    } words[] = {
        { "on", 1 },
        { "1", 1 },
        { "yes", 1 },
        { "true", 1 },
        { "0", 0 },
        { "no", 0 },
        { "false", 0 },
        { "off", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (text_is(v->text, words[i].text)) {
            v->number = words[i].number;
            return NULL;
        }
    }
    return "Tick this box, or leave it empty.";
}

static const char *judge_choice(
    struct arena *, const struct field *field, int64_t, struct field_value *v)
{
    CHECK(field->choices != NULL);
    for (size_t i = 0; field->choices[i] != NULL; i++)
        if (text_is(v->text, field->choices[i]))
            return NULL;
    return "Choose one of the answers offered.";
}

static const char *judge_date(
    struct arena *, const struct field *, int64_t, struct field_value *v)
{
    struct civil date;
    return civil_parse_date(v->text, &date) ? NULL : "Enter a date such as 2026-11-24.";
}

static const char *judge_time(
    struct arena *a, const struct field *field, int64_t max, struct field_value *v)
{
    struct civil time = { 0 };
    if (field->hour_24 && text_is(v->text, "24:00"))
        v->number = DAY_MIN;
    else if (civil_parse_time(v->text, &time) && time.second == 0)
        v->number = time.hour * 60 + time.minute;
    else
        return "Enter a time such as 07:15.";
    if (v->number >= field->min && v->number <= max)
        return NULL;
    return arena_printf(a, "Enter a time from %02lld:%02lld to %02lld:%02lld.",
        (long long)field->min / 60, (long long)field->min % 60, (long long)max / 60,
        (long long)max % 60);
}

/* ---- one value ------------------------------------------------------------------- */

static const struct {
    judge *judge;
    int64_t max; /* where the field states none */
} kinds[FIELD__MAX] = {
    [FIELD_TEXT] = { judge_text, 200 },
    [FIELD_LINES] = { judge_lines, 5000 },
    [FIELD_INT] = { judge_int, INT64_MAX },
    [FIELD_REAL] = { judge_real, 1000000000 },
    [FIELD_MONEY] = { judge_money, 100000000 },
    [FIELD_CHECKBOX] = { judge_checkbox, 0 },
    [FIELD_CHOICE] = { judge_choice, 0 },
    [FIELD_EMAIL] = { judge_email, 254 },
    [FIELD_DATE] = { judge_date, 0 },
    [FIELD_TIME] = { judge_time, DAY_MIN },
    [FIELD_ID] = { judge_id, INT64_MAX },
    [FIELD_SECRET] = { judge_length, 256 },
};

/* CR LF and a lone CR become LF, in place. */
static void unify_line_ends(char *s)
{
    char *out = s;
    for (; *s != '\0'; s++) {
        if (*s == '\r') {
            *out++ = '\n';
            s += s[1] == '\n';
        } else {
            *out++ = *s;
        }
    }
    *out = '\0';
}

const char *fields_read(struct arena *a, const struct field *field, const char *raw,
    struct field_value *out)
{
    CHECK(field->kind < FIELD__MAX);
    *out = (struct field_value) { .text = raw, .number = FIELD_BLANK };
    if (field->kind != FIELD_SECRET) {
        char *copy = arena_strdup(a, raw);
        if (field->kind == FIELD_LINES)
            unify_line_ends(copy);
        out->text = chars_trim(copy);
    }
    if (*out->text == '\0')
        return NULL;
    int64_t max = field->max != 0 ? field->max : kinds[field->kind].max;
    const char *wrong = kinds[field->kind].judge(a, field, max, out);
    return wrong != NULL && field->advice != NULL ? field->advice : wrong;
}

const char *fields_missing(const struct field *field)
{
    static const char *const words[FIELD__MAX] = {
        [FIELD_CHECKBOX] = "Tick this.",
        [FIELD_CHOICE] = "Choose an answer.",
        [FIELD_ID] = "Choose one.",
    };
    if (field->advice != NULL)
        return field->advice;
    return words[field->kind] != NULL ? words[field->kind] : "Fill this in.";
}
