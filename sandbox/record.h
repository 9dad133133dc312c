/* The record of what was asked of the API and answered, one JSON line each (--record
 * FILE): method, path, query, body, stripe_account, idempotency_key, status, reply.
 * tests/judge/record.mjs holds it against the API description. The Authorization
 * header is never in it. */
#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include "call.h"

struct record;

/* Opens FILE to append to. NULL and a line on standard error if that cannot be. */
struct record *record_open(const char *file);
void record_close(struct record *r);

/* Adds what C asked and the answer: also one that a fault cut off on its way. Status 0
 * and reply null if there was none to give. */
void record_add(struct record *r, const struct call *c);

#endif
