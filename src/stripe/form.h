/* The body of a request to Stripe: application/x-www-form-urlencoded, nested as
 * `metadata[app]=prep` and `line_items[0][quantity]=1`. Keys are written as they
 * are (they are ours), values percent-encoded with a blank as %20. */
#ifndef STRIPE_FORM_H
#define STRIPE_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/money.h"

enum { STRIPE_FORM_BYTES_MAX = 64 * 1024 };

/* KEY=VALUE; NULL leaves the parameter out, "" unsets it at Stripe. */
void stripe_form_text(struct buf *form, const char *key, const char *value);
void stripe_form_int(struct buf *form, const char *key, int64_t n);
void stripe_form_bool(struct buf *form, const char *key, bool truth);
void stripe_form_cents(struct buf *form, const char *key, struct cents amount);

#endif
