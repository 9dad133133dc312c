/* The header Stripe-Signature of a webhook: `t=<unix time>,v1=<hex>[,v1=<hex>]`,
 * where v1 is HMAC-SHA256 of "t.body" under the endpoint's secret. While a secret
 * is rolled two are valid at once and one v1 for each arrives; other schemes (v0)
 * do not count (stripe.com/docs/webhooks: verify manually). */
#ifndef STRIPE_SIGNATURE_H
#define STRIPE_SIGNATURE_H

#include <stdint.h>

#include "util/arena.h"
#include "util/result.h"
#include "util/text.h"

enum { STRIPE_TOLERANCE_S = 300, STRIPE_SECRETS_MAX = 2 };

/* OK if BODY, byte for byte as it came, was signed with one of SECRETS (one a
 * line, at most two) within 300 s of NOW_AT, either way. Else R_INVALID, and *WHY is
 * a word for the log. Compares in constant time. */
enum result stripe_signature_check(const char *header, struct span body,
    const char *secrets, int64_t now_at, const char **why);

/* The header for BODY, signed at AT with the one SECRET (tests, sandbox). */
char *stripe_signature_make(
    struct arena *a, struct span body, const char *secret, int64_t at);

#endif
