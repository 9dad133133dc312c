/* What a booking costs, line by line, and what a cancellation gives back. Whole
 * cents; each line is rounded half up once, in the order of struct quote. */
#ifndef DOMAIN_PRICING_H
#define DOMAIN_PRICING_H

#include "domain/kitchens.h"

struct quote {
    struct cents base; /* minutes x rate */
    struct cents cleaning;
    struct cents service_fee; /* vendor_fee_bp of base + cleaning */
    struct cents tax;         /* tax_bp of base + cleaning + service_fee */
    struct cents total;       /* the four together */
    struct cents host;        /* base - host_fee_bp of base + cleaning */
    int64_t minutes;
    int64_t offpeak_minutes;         /* of those, at offpeak_rate */
    struct cents rate, offpeak_rate; /* an hour */
    int64_t vendor_fee_bp, host_fee_bp, tax_bp;
    const char *policy;
};

/* The price of SPACE of kitchen K from START_AT to END_AT (START_AT first, whole
 * minutes). Each quarter hour is priced by the wall time at which it begins.
 * Off-peak hours are the kitchen's; a station with a rate of its own has that
 * rate round the clock. R_FAULT if K's zone is unknown. Of K it
 * reads the rates, the off-peak hours, cleaning, timezone, region, city and policy. */
enum result pricing_quote(struct ctx *c, const struct kitchen *k,
    const struct space *space, int64_t start_at, int64_t end_at, struct quote *out);

/* Tax in basis points where REGION (two letters) and CITY have a row of their own
 * in the table of jurisdictions, else OTHERWISE_BP. */
int64_t pricing_tax_bp(const char *region, const char *city, int64_t otherwise_bp);

/* The least that a city of REGION has. */
int64_t pricing_least_tax_bp(const char *region, int64_t otherwise_bp);

/* ---- cancellation ---------------------------------------------------------------- */

/* What a cancellation by the vendor depends on. */
struct terms {
    struct cents base, cleaning, service_fee, tax;
    const char *policy; /* flexible, moderate, strict */
    int64_t booked_at;  /* when the hold was made */
    int64_t start_at;
};

/* What goes back: the same share of every line, each rounded once. */
struct refund {
    struct cents base, cleaning, service_fee, tax, total;
};

/* The share (basis points) that goes back if the vendor cancels at AT. Limits are
 * inclusive: exactly 24 hours ahead is still 24 hours ahead. All policies give
 * everything within 24 hours of a booking made 48 hours or more ahead. After the
 * start nothing goes back. */
int64_t pricing_refund_bp(const struct terms *t, int64_t at);

struct refund pricing_refund(const struct terms *t, int64_t at);

/* The share BP of every line; 10000: all of it (the host or an admin cancels). */
struct refund pricing_refund_share(const struct terms *t, int64_t bp);

/* One step of the ladder: cancel until UNTIL_AT, and REFUND goes back. */
struct ladder_row {
    int64_t until_at;
    int64_t bp;
    struct refund refund;
};

enum { LADDER_MAX = 4 };

/* The steps that still lie ahead at FROM_AT, in order; the last ends at the start.
 * Returns how many (0 once it has started). */
size_t pricing_ladder(
    const struct terms *t, int64_t from_at, struct ladder_row out[LADDER_MAX]);

/* The terms of a quote that would be booked at BOOKED_AT. */
struct terms pricing_terms(const struct quote *q, int64_t booked_at, int64_t start_at);

#endif
