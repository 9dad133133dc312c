/* Amounts of money: whole cents, never a fraction, never floating point. Each
 * line of a bill is rounded once, half up (a half goes away from zero, so that a
 * refund mirrors its charge). An amount that leaves 64 bits is a bug: amounts are
 * bounded where they are typed in. */
#ifndef UTIL_MONEY_H
#define UTIL_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

struct cents {
    int64_t n;
};

static inline struct cents cents_of(int64_t n)
{
    return (struct cents) { n };
}

struct cents cents_add(struct cents a, struct cents b);
struct cents cents_sub(struct cents a, struct cents b);

/* The share of AMOUNT that BP basis points are: 2000 of $475.00 is $95.00. */
struct cents cents_of_bp(struct cents amount, int64_t bp);

/* AMOUNT * PART / WHOLE (WHOLE above 0): a share in proportion. */
struct cents cents_share(struct cents amount, int64_t part, int64_t whole);

/* The price of MINUTES at an hourly RATE. */
struct cents cents_of_minutes(struct cents rate, int64_t minutes);

/* "$618.45", "$1,234.00", "-$5.00" */
char *cents_format(struct arena *a, struct cents amount);

/* "618.45": what a form field holds and a CSV file wants. */
char *cents_format_plain(struct arena *a, struct cents amount);

/* What a person types: "50", "$50.5", "1,234.00"; never negative, at most two
 * decimals, commas only between threes. False leaves *OUT alone. */
bool cents_parse(const char *s, struct cents *out);

#endif
