/* What the clock alone brings about. */
#ifndef SANDBOX_CLOCKWORK_H
#define SANDBOX_CLOCKWORK_H

#include "call.h"

/* Brings about all that is due by the simulated clock, within a transaction. */
void clockwork_tick(struct call *c);

#endif
