#include "clockwork.h"

#include "checkout_sessions.h"
#include "disputes.h"
#include "payouts.h"
#include "refunds.h"

void clockwork_tick(struct call *c)
{
    checkout_sessions_tick(c);
    disputes_tick(c);
    payouts_tick(c);
    refunds_tick(c);
}
