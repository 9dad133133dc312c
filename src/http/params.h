/* Names and values in the order in which they came: a query, or a form's body
 * (application/x-www-form-urlencoded; URL standard, section 5). */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include <stddef.h>

#include "util/arena.h"
#include "util/result.h"

enum {
    PARAMS_MAX = 256,
    PARAMS_NAME_BYTES_MAX = 128,
    PARAMS_VALUE_BYTES_MAX = 64 * 1024,
};

struct param {
    const char *name;  /* 1..PARAMS_NAME_BYTES_MAX bytes */
    const char *value; /* never NULL; "" if there was no '=' */
};

/* All zero is an empty list. */
struct params {
    struct param *at;
    size_t n, cap;
};

/* Reads N bytes at S. R_INVALID, with *OUT empty, if an escape is broken, a name
 * or value is not UTF-8 or has a NUL, a name is empty, or a maximum is passed.
 * Only '&' separates; pieces with nothing in them are passed over. */
enum result params_parse(struct arena *a, const char *s, size_t n, struct params *out);

/* Adds a pair whose texts live as long as A. R_INVALID past PARAMS_MAX. */
enum result params_add(
    struct arena *a, struct params *p, const char *name, const char *value);

/* The first value of NAME, or NULL. */
const char *params_get(const struct params *p, const char *name);

/* How many pairs have NAME. */
size_t params_count(const struct params *p, const char *name);

/* The values of NAME one after the other: start with *FROM = 0; NULL at the end. */
const char *params_next(const struct params *p, const char *name, size_t *from);

/* The list as a query again, without the '?', with NAME set to VALUE in place of
 * whatever it was (VALUE NULL: left out). For the links between pages. */
char *params_with(
    struct arena *a, const struct params *p, const char *name, const char *value);

#endif
