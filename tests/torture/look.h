/* Looking: one connection that reads our database (main) and the sandbox's (st), so
 * that a question can be about both. Stripe's objects are views with columns:
 * st_charges, st_intents, st_refunds, st_transfers, st_reversals, st_disputes,
 * st_events. */
#ifndef TORTURE_LOOK_H
#define TORTURE_LOOK_H

#include <stdint.h>

#include "http/stack.h"
#include "util/arena.h"

void look_open(const char *our_file, const char *stripe_file);
void look_close(void);

/* The first column of the first row, as a number; 0 without a row. %Q quotes a text,
 * %lld is an int64_t. */
int64_t look_int(const char *format, ...);

/* The same as text in A; NULL without a row. */
const char *look_text(struct arena *a, const char *format, ...);

/* All columns of the first row with " | " between them; NULL without a row. SQL is
 * taken as it is. */
const char *look_row(struct arena *a, const char *sql);

#endif
