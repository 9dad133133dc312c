/* Characters as they come from a browser: percent escapes, and the ones that
 * nobody can see. */
#ifndef HTTP_CHARS_H
#define HTTP_CHARS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

/* The N bytes at S with their percent escapes (RFC 3986, section 2.1) undone, as
 * NUL-terminated UTF-8; with PLUS a '+' is a space (URL standard, section 5.1).
 * NULL if an escape is broken or the result is not UTF-8 or has a NUL in it. */
char *chars_decode(struct arena *a, const char *s, size_t n, bool plus);

/* The length in bytes of the character at S if it is one that must not stand in
 * a name or a line of text: a control character (C0, DEL, C1), a line or
 * paragraph separator, or one that turns the direction of writing around
 * (U+202A-202E, U+2066-2069), with which "gpj.exe" is dressed up. Otherwise 0.
 * S is well-formed UTF-8. */
size_t chars_hidden(const char *s);

/* True if S holds a hidden character that is not one of the ASCII ones in EXCEPT. */
bool chars_have_hidden(const char *s, const char *except);

/* S without blanks at either end, in place; returns the new start. Blanks are
 * white space, the no-break and ideographic spaces and the zero-width space, so
 * that what looks empty is empty. */
char *chars_trim(char *s);

#endif
