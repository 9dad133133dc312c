#include "http/form.h"

#include <string.h>

#include "http/chars.h"
#include "util/guard.h"
#include "util/text.h"

enum { SHOWN_NAME_CHARS = 40 };

/* All that came for one field, in order. */
struct form_value {
    const char **raws;
    const char **texts;
    int64_t *numbers;
    double *reals;
    size_t n, cap;
    bool read;         /* texts and numbers are there (not only filled in) */
    const char *error; /* or NULL */
};

/* ---- reading --------------------------------------------------------------------- */

void form_fresh(struct arena *a, const struct field *fields, size_t n, struct form *out)
{
    *out = (struct form) { .arena = a, .fields = fields, .n = n };
    out->values = arena_array(a, n, sizeof *out->values);
    for (size_t i = 0; i < n; i++)
        CHECK(fields[i].name != NULL && fields[i].label != NULL);
}

/* The field's place, or n. */
static size_t place(const struct form *f, const char *name)
{
    size_t i = 0;
    while (i < f->n && !text_is(f->fields[i].name, name))
        i++;
    return i;
}

static struct form_value *value_of(const struct form *f, const char *name)
{
    size_t i = place(f, name);
    CHECK(i < f->n);
    return &f->values[i];
}

static void add_raw(struct form *f, struct form_value *v, const char *raw)
{
    if (v->n == v->cap) {
        size_t cap = v->cap == 0 ? 2 : 2 * v->cap;
        const char **raws = arena_array(f->arena, cap, sizeof *raws);
        if (v->n > 0)
            memcpy(raws, v->raws, v->n * sizeof *raws);
        v->raws = raws;
        v->cap = cap;
    }
    v->raws[v->n++] = raw;
}

void form_fill(struct form *f, const char *name, const char *raw)
{
    struct form_value *v = value_of(f, name);
    if (raw == NULL)
        return;
    if (!f->fields[place(f, name)].repeated)
        v->n = 0;
    v->read = false;
    add_raw(f, v, raw);
}

/* A stranger's name, fit to stand in a sentence. */
static const char *shown_name(struct arena *a, const char *name)
{
    char *out = arena_strdup(a, name), *end = out;
    size_t chars = 0;
    for (const char *s = name; *s != '\0'; s++) {
        bool starts = ((unsigned char)*s & 0xc0) != 0x80;
        if (starts && chars++ >= SHOWN_NAME_CHARS)
            break;
        size_t hidden = starts ? chars_hidden(s) : 0;
        if (hidden > 0) {
            *end++ = '?';
            s += hidden - 1;
        } else {
            *end++ = *s;
        }
    }
    *end = '\0';
    return out;
}

static void gather(struct form *f, const struct params *params, bool strict)
{
    for (size_t i = 0; i < params->n; i++) {
        const char *name = params->at[i].name;
        size_t at = place(f, name);
        if (at < f->n)
            add_raw(f, &f->values[at], params->at[i].value);
        else if (strict && !text_is(name, "csrf"))
            form_set_error(f, NULL,
                arena_printf(f->arena, "This form has a field that we do not know: %s.",
                    shown_name(f->arena, name)));
    }
}

static void read_field(struct form *f, const struct field *field, struct form_value *v)
{
    bool blank = true;
    v->read = true;
    v->texts = arena_array(f->arena, v->n, sizeof *v->texts);
    v->numbers = arena_array(f->arena, v->n, sizeof *v->numbers);
    v->reals = arena_array(f->arena, v->n, sizeof *v->reals);
    for (size_t i = 0; i < v->n; i++) {
        struct field_value one;
        const char *wrong = fields_read(f->arena, field, v->raws[i], &one);
        if (wrong != NULL && v->error == NULL)
            v->error = wrong;
        bool empty = *one.text == '\0';
        v->texts[i] = one.text;
        v->numbers[i] = one.number;
        v->reals[i] = one.real;
        blank = blank && (empty || (field->kind == FIELD_CHECKBOX && one.number == 0));
    }
    if (v->n > 1 && !field->repeated)
        v->error = "This came more than once. Fill it in once and send the form again.";
    else if (blank && field->required && v->error == NULL)
        v->error = fields_missing(field);
}

static enum result read_form(struct arena *a, const struct field *fields, size_t n,
    const struct params *params, bool strict, struct form *out)
{
    form_fresh(a, fields, n, out);
    gather(out, params, strict);
    for (size_t i = 0; i < n; i++)
        read_field(out, &fields[i], &out->values[i]);
    return form_ok(out) ? OK : R_INVALID;
}

enum result form_read(struct arena *a, const struct field *fields, size_t n,
    const struct params *params, struct form *out)
{
    return read_form(a, fields, n, params, true, out);
}

enum result form_read_query(struct arena *a, const struct field *fields, size_t n,
    const struct params *params, struct form *out)
{
    return read_form(a, fields, n, params, false, out);
}

/* ---- clean values ---------------------------------------------------------------- */

#define KIND(k) (1u << FIELD_##k)

/* The field's values if its kind is among KINDS and they are right; NULL if there
 * is nothing to be had. */
static const struct form_value *clean(
    const struct form *f, const char *name, unsigned kinds)
{
    size_t i = place(f, name);
    CHECK(i < f->n && (kinds >> f->fields[i].kind & 1) != 0);
    const struct form_value *v = &f->values[i];
    return v->read && v->error == NULL && v->n > 0 ? v : NULL;
}

bool form_has(const struct form *f, const char *name)
{
    const struct form_value *v = clean(f, name, ~0u);
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (*v->texts[i] != '\0')
            return true;
    return false;
}

const char *form_text(const struct form *f, const char *name)
{
    const struct form_value *v = clean(f, name, ~0u);
    return v == NULL ? "" : v->texts[0];
}

/* A clean number, or 0. */
static int64_t number(const struct form *f, const char *name, unsigned kinds)
{
    const struct form_value *v = clean(f, name, kinds);
    return v == NULL || v->numbers[0] == FIELD_BLANK ? 0 : v->numbers[0];
}

int64_t form_int(const struct form *f, const char *name)
{
    return number(f, name, KIND(INT) | KIND(ID) | KIND(MONEY) | KIND(TIME));
}

double form_real(const struct form *f, const char *name)
{
    const struct form_value *v = clean(f, name, KIND(REAL));
    return v == NULL ? 0 : v->reals[0];
}

bool form_bool(const struct form *f, const char *name)
{
    return number(f, name, KIND(CHECKBOX)) == 1;
}

struct cents form_money(const struct form *f, const char *name)
{
    return cents_of(number(f, name, KIND(MONEY)));
}

int form_minutes(const struct form *f, const char *name)
{
    return (int)number(f, name, KIND(TIME));
}

struct civil form_date(const struct form *f, const char *name)
{
    struct civil date = civil_of_days(0);
    const struct form_value *v = clean(f, name, KIND(DATE));
    if (v == NULL || !civil_parse_date(v->texts[0], &date))
        return civil_of_days(0);
    return date;
}

const char *const *form_values(const struct form *f, const char *name, size_t *n)
{
    const struct form_value *v = clean(f, name, ~0u);
    *n = v == NULL ? 0 : v->n;
    return v == NULL ? NULL : v->texts;
}

const int64_t *form_ints(const struct form *f, const char *name, size_t *n)
{
    const struct form_value *v = clean(
        f, name, KIND(INT) | KIND(ID) | KIND(MONEY) | KIND(TIME) | KIND(CHECKBOX));
    *n = v == NULL ? 0 : v->n;
    return v == NULL ? NULL : v->numbers;
}

/* ---- to show again --------------------------------------------------------------- */

const char *const *form_raws(const struct form *f, const char *name, size_t *n)
{
    size_t i = place(f, name);
    CHECK(i < f->n);
    bool secret = f->fields[i].kind == FIELD_SECRET;
    *n = secret ? 0 : f->values[i].n;
    return secret ? NULL : f->values[i].raws;
}

const char *form_raw(const struct form *f, const char *name)
{
    size_t n;
    const char *const *raws = form_raws(f, name, &n);
    return n == 0 ? "" : raws[0];
}

bool form_chose(const struct form *f, const char *name, const char *raw)
{
    size_t n;
    const char *const *raws = form_raws(f, name, &n);
    for (size_t i = 0; i < n; i++)
        if (text_is(raws[i], raw))
            return true;
    return false;
}

/* ---- what is wrong --------------------------------------------------------------- */

bool form_ok(const struct form *f)
{
    bool ok = f->error == NULL;
    for (size_t i = 0; i < f->n; i++)
        ok = ok && f->values[i].error == NULL;
    return ok;
}

const char *form_error(const struct form *f, const char *name)
{
    return name == NULL ? f->error : value_of(f, name)->error;
}

void form_set_error(struct form *f, const char *name, const char *sentence)
{
    const char **error = name == NULL ? &f->error : &value_of(f, name)->error;
    if (*error == NULL)
        *error = sentence;
}

void form_take_errors(struct form *f, const struct form *sent)
{
    if (sent->error != NULL)
        form_set_error(f, NULL, sent->error);
    for (size_t i = 0; i < sent->n; i++) {
        const char *name = sent->fields[i].name, *sentence = sent->values[i].error;
        if (sentence == NULL)
            continue;
        if (place(f, name) < f->n)
            form_set_error(f, name, sentence);
        else
            form_set_error(f, NULL,
                arena_printf(f->arena, "%s: %s", sent->fields[i].label, sentence));
    }
}

const struct form_error *form_errors(const struct form *f, size_t *n)
{
    struct form_error *errors = arena_array(f->arena, f->n + 1, sizeof *errors);
    *n = 0;
    if (f->error != NULL)
        errors[(*n)++] = (struct form_error) { NULL, NULL, f->error };
    for (size_t i = 0; i < f->n; i++)
        if (f->values[i].error != NULL)
            errors[(*n)++] = (struct form_error) { f->fields[i].name,
                f->fields[i].label, f->values[i].error };
    return errors;
}
