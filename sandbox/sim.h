/* The control API for tests, /_sim/...; form-encoded in, JSON out, no key. The
 * application never calls it.
 *
 *   GET  /_sim/clock                         now, ahead_s
 *   POST /_sim/clock    advance=SECONDS | to=UNIX_SECONDS   (forward only)
 *   GET  /_sim/faults                        what is still ordered
 *   POST /_sim/faults   match= kind= [times=1] [ms=0]   (faults.h names the kinds)
 *   POST /_sim/faults/clear
 *   GET  /_sim/webhooks                      the orders, and the latest deliveries
 *   POST /_sim/webhooks pause= reorder= (true|false) duplicate= second_event_object=
 *                       drop= bad_sig= old_ts= (how many) delay_ms= fast=
 *   POST /_sim/webhooks/flush                what waits is due now
 *   POST /_sim/webhooks/rotate endpoint= [overlap_s=86400]
 *   POST /_sim/act/account     account= standing=open|checking|active
 *   POST /_sim/act/capability  account= transfers=active|inactive|pending
 *   POST /_sim/act/drain_account account=   all it has goes to its bank, now
 *   POST /_sim/act/payout_fail account=     its latest payout comes back
 *   POST /_sim/act/reversals   [rule=refuse|negative] [reuse=yes|no]
 *             over what the account has; again from the same source_transaction
 *   POST /_sim/act/refund_fail refund=
 *   GET  /_sim/balance [currency=usd]        zero, platform, accounts, fees, world
 *   GET  /_sim/dump                          every object, newest first
 */
#ifndef SANDBOX_SIM_H
#define SANDBOX_SIM_H

#include "call.h"

void sim_handle(struct call *c);

#endif
