/* Small questions about bytes and text. No locale: letters are ASCII letters. */
#ifndef UTIL_TEXT_H
#define UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

/* Bytes that belong to somebody else. */
struct span {
    const char *at;
    size_t n;
};

static inline bool text_is(const char *a, const char *b)
{
    return a != NULL && b != NULL && __builtin_strcmp(a, b) == 0;
}

static inline bool text_empty(const char *s)
{
    return s == NULL || *s == '\0';
}

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most
 * U+10FFFF) and no NUL. */
bool text_utf8_ok(const char *s, size_t n);

/* Characters (code points) in well-formed UTF-8. */
size_t text_utf8_length(const char *s);

/* True if S holds a control character other than TAB, LF and CR. */
bool text_has_control(const char *s);

/* S without white space at either end, in place; returns the new start. */
char *text_trim(char *s);

/* Lower case in place, ASCII only. */
void text_lower(char *s);
bool text_same_nocase(const char *a, const char *b);
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/* What stands beside S in PAIRS, a list of N; S itself if it is not there. */
const char *text_in_words(const char *const (*pairs)[2], size_t n, const char *s);

/* The stop that S wants at its end as a sentence: "." or, if it has one, "". */
const char *text_full_stop(const char *s);

/* The whole of S as a decimal number within MIN..MAX: digits with an optional
 * minus, nothing else (no blank, plus, exponent). False leaves *OUT alone. */
bool text_int(const char *s, int64_t min, int64_t max, int64_t *out);

/* N in decimal: at OUT without a NUL, returning how many characters; or as a text. */
enum { TEXT_INT_MAX = 20 };
size_t text_put_int(char out[TEXT_INT_MAX], int64_t n);
char *text_of_int(struct arena *a, int64_t n);

/* The whole of S as a finite decimal fraction ("-97.7431") within MIN..MAX. */
bool text_real(const char *s, double min, double max, double *out);

/* Lower-case words joined by '-', ASCII letters and digits only, at most MAX
 * bytes; "kitchen" if nothing is left. */
char *text_slug(struct arena *a, const char *s, size_t max);

/* Lower-case hexadecimal of N bytes. */
char *text_hex(struct arena *a, const void *bytes, size_t n);

/* URL-safe base64 without padding (RFC 4648 section 5). */
char *text_base64url(struct arena *a, const void *bytes, size_t n);

/* Percent-encodes all but RFC 3986's unreserved characters. */
char *text_url(struct arena *a, const char *s);

#endif
