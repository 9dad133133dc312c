/* One field of a form: what it is called, what it may hold, and reading one value
 * of it. http/form.h puts them together. */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

/*                   what min and max mean                 without a max          */
enum field_kind {
    FIELD_TEXT,     /* characters; one line                 200                   */
    FIELD_LINES,    /* characters; lines end with LF        5000                  */
    FIELD_INT,      /* the number                           any from min on       */
    FIELD_REAL,     /* the number                           1,000,000,000         */
    FIELD_MONEY,    /* cents; typed as "12.50", "$1,200"    $1,000,000.00         */
    FIELD_CHECKBOX, /* -; on, 1, yes or true is ticked                            */
    FIELD_CHOICE,   /* -; one of choices, exactly                                 */
    FIELD_EMAIL,    /* characters                           254                   */
    FIELD_DATE,     /* -; YYYY-MM-DD                                              */
    FIELD_TIME,     /* minutes after midnight; HH:MM        24:00 is the last      */
    FIELD_ID,       /* -; a row's identifier, 1 or more                           */
    FIELD_SECRET,   /* characters; not trimmed, never shown 256                   */
    FIELD__MAX
};

struct field {
    const char *name;
    enum field_kind kind;
    const char *label; /* as on the page; stands in the sentences */
    bool required;     /* CHECKBOX: must be ticked */
    bool repeated;     /* may come any number of times; order and blanks are kept */
    bool hour_24;      /* TIME: 24:00 may be typed for the end of the day */
    int64_t min, max;  /* inclusive, see above; max 0 means the kind's own */
    const char *const *choices; /* CHOICE: ends with NULL */
    const char *advice; /* said in place of our sentence on a wrong or missing value */
};

/* The number of a blank among the values of a repeated field. */
#define FIELD_BLANK INT64_MIN

struct field_value {
    const char *text; /* clean */
    int64_t number;   /* INT, ID; MONEY in cents; TIME in minutes; CHECKBOX 0 or 1 */
    double real;
};

/* Reads RAW, well-formed UTF-8, as a value of FIELD. Returns NULL if it is right or
 * blank (text "", number FIELD_BLANK), otherwise the sentence for the person. */
const char *fields_read(struct arena *a, const struct field *field, const char *raw,
    struct field_value *out);

/* The sentence for a required field that is blank. */
const char *fields_missing(const struct field *field);

#endif
