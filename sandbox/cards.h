/* The test cards and what becomes of a payment with each. Numbers other than these
 * are refused, so that nobody's real number is ever kept; of a test card the
 * sandbox keeps the row's name only. */
#ifndef SANDBOX_CARDS_H
#define SANDBOX_CARDS_H

#include "objects.h"

struct card {
    const char *number;
    const char *token; /* "pm_card_visa": the same card by name */
    const char *brand;
    bool challenge;   /* 3-D Secure first */
    const char *code; /* how it is declined, NULL: it is not */
    const char *decline_code, *message, *advice;
    bool at_once;  /* its money is available at once */
    bool disputed; /* the payment will be disputed */
};

/* NULL: no such test card. Blanks in NUMBER don't matter. */
const struct card *cards_by_number(const char *number);
const struct card *cards_by_token(const char *token);

/* What the person typed, checked. */
struct card_input {
    const char *number;
    int64_t exp_month, exp_year;
    const char *cvc; /* NULL: not asked for */
};

/* Fills CARD, or answers 402 with Stripe's code for what is wrong. */
enum result cards_check(
    struct call *c, const struct card_input *in, const struct card **card);

/* The 402 of CARD's decline. */
enum result cards_decline(struct call *c, const struct card *card);

/* A payment_method of this card. Not yet kept. */
struct object *cards_payment_method(
    struct call *c, const struct card *card, int64_t exp_month, int64_t exp_year);

/* The card behind a payment_method. */
const struct card *cards_of(const struct object *payment_method);

#endif
