/* The door of the API: key, route, parameters, idempotency, faults, transaction. */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

#include "call.h"

/* Answers a request to /v1/...: sets the answer of C. */
void api_handle(struct call *c);

#endif
