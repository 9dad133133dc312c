/* Forms, declared field by field in a const table, read into clean values. What is
 * wrong stands beside its field as a sentence for the person; what was typed is
 * kept to be shown again. Names that no table row declares are refused.
 *
 *     static const struct field fields[] = {
 *         { "title", FIELD_TEXT, "Title", .required = true, .max = 120 },
 *         { "hourly", FIELD_MONEY, "Hourly rate", .required = true, .min = 500 },
 *     };
 *     struct form f;
 *     if (form_read(a, fields, COUNT_OF(fields), params, &f) != OK)
 *         return show_again(&f);
 *
 * Asking for a name that is not declared, or for the wrong kind, is a bug and
 * aborts. Texts and numbers live as long as the arena and the params. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/fields.h"
#include "http/params.h"
#include "util/arena.h"
#include "util/civil.h"
#include "util/money.h"
#include "util/result.h"

/* The key that makes a post repeatable, as each form that spends money carries it. */
#define FIELD_IDEMPOTENCY                                                              \
    {                                                                                  \
        .name = "idempotency_key", .kind = FIELD_TEXT, .label = "Form key",            \
        .required = true, .min = 16, .max = 64,                                        \
        .advice = "This form is out of date: load the page again."                     \
    }

/* The same where a repetition is only a nuisance: a post without it is carried out. */
#define FIELD_ONCE                                                                     \
    {                                                                                  \
        .name = "idempotency_key", .kind = FIELD_TEXT, .label = "Form key", .min = 16, \
        .max = 64, .advice = "This form is out of date: load the page again."          \
    }

struct form_value;

struct form_error {
    const char *name;  /* NULL: the form as a whole */
    const char *label; /* NULL: the form as a whole */
    const char *sentence;
};

struct form {
    struct arena *arena;
    const struct field *fields;
    size_t n;
    struct form_value *values; /* for form.c: one per field */
    const char *error;         /* of the form as a whole, or NULL */
};

/* Reads PARAMS by the table. Text is trimmed, CRLF becomes LF, and each value is
 * judged. R_INVALID if anything is wrong, OUT is complete all the same. The name
 * "csrf" needs no row: the session's guard has looked at it already. */
enum result form_read(struct arena *a, const struct field *fields, size_t n,
    const struct params *params, struct form *out);

/* The same for a query, where strangers add names of their own (utm_source):
 * undeclared names are passed over. */
enum result form_read_query(struct arena *a, const struct field *fields, size_t n,
    const struct params *params, struct form *out);

/* An empty form, to be shown for the first time; and what a field shall show instead
 * of what it holds, which then counts as not read. A repeated field gets one value
 * more. NULL fills in nothing. */
void form_fresh(
    struct arena *a, const struct field *fields, size_t n, struct form *out);
void form_fill(struct form *f, const char *name, const char *raw);

/* ---- clean values ---------------------------------------------------------------- */

/* True if the field has a value and it is right. */
bool form_has(const struct form *f, const char *name);

/* The (first) value. Absent or wrong: "", 0, false, 1970-01-01. form_text works
 * for every kind; form_int for INT, ID, MONEY (cents) and TIME (minutes). */
const char *form_text(const struct form *f, const char *name);
int64_t form_int(const struct form *f, const char *name);
double form_real(const struct form *f, const char *name);
bool form_bool(const struct form *f, const char *name);
struct cents form_money(const struct form *f, const char *name);
int form_minutes(const struct form *f, const char *name);
struct civil form_date(const struct form *f, const char *name);

/* All values of a repeated field in their order, *N of them; a blank is "" or
 * FIELD_BLANK, so that rows of several fields stay side by side. */
const char *const *form_values(const struct form *f, const char *name, size_t *n);
const int64_t *form_ints(const struct form *f, const char *name, size_t *n);

/* ---- to show again --------------------------------------------------------------- */

/* What was typed; "" if nothing was, and always for FIELD_SECRET. */
const char *form_raw(const struct form *f, const char *name);
const char *const *form_raws(const struct form *f, const char *name, size_t *n);

/* True if RAW is among what was typed (or filled in): the boxes to tick. */
bool form_chose(const struct form *f, const char *name, const char *raw);

/* ---- what is wrong --------------------------------------------------------------- */

bool form_ok(const struct form *f);

/* The field's sentence, or NULL; NAME NULL asks for the form as a whole. */
const char *form_error(const struct form *f, const char *name);

/* Adds a domain's objection; NAME NULL: to the form as a whole. The first one of a
 * field stays. SENTENCE lives as long as the arena. */
void form_set_error(struct form *f, const char *name, const char *sentence);

/* What is wrong with SENT is wrong with F: at the field of that name, or, if F has
 * none, with the form as a whole. */
void form_take_errors(struct form *f, const struct form *sent);

/* All of them for the summary, *N: the form as a whole first, then as in the table. */
const struct form_error *form_errors(const struct form *f, size_t *n);

#endif
