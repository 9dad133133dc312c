#include "clockwork.h"

#include "checkout_sessions.h"
#include "payouts.h"

void clockwork_tick(struct call *c)
{
    checkout_sessions_tick(c);
    payouts_tick(c);
}
