/* The encoding of Stripe's requests: a[b]=v, a[0]=v, a[]=v, percent-encoded. */
#ifndef SANDBOX_FORM_H
#define SANDBOX_FORM_H

#include "value.h"

/* The tree in a body or query string: objects, arrays and texts only. Of a name
 * that comes twice the last counts. NULL: not such an encoding. */
struct value *form_read(struct arena *a, const char *s);

/* The decoded text, or NULL for a broken or NUL escape or ill-formed UTF-8. */
char *form_decode(struct arena *a, const char *s, size_t n);

#endif
