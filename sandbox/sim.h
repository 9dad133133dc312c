/* The control API for tests, /_sim/...; form-encoded in, JSON out, no key. The
 * application never calls it. What it refuses it answers as the API does: 4xx {error}.
 *
 *   GET  /_sim/clock                         now, ahead_s
 *   POST /_sim/clock    advance=SECONDS | to=UNIX_SECONDS   (forward only)
 *   GET  /_sim/faults                        what is still ordered
 *   POST /_sim/faults   match= kind= [times=1] [ms=0]
 *             kinds: drop_before timeout_after_commit reset_mid_body 500_cached 503 429
 *             409 slow (faults.h)
 *   POST /_sim/faults/clear
 *   GET  /_sim/webhooks                      the orders, and the latest deliveries
 *   POST /_sim/webhooks pause= reorder= (true|false) duplicate= second_event_object=
 *                       drop= bad_sig= old_ts= (how many) delay_ms= fast= [type=]
 *             type: duplicate, second_event_object, drop and delay_ms are for events
 *             whose type begins so; a request with one of them and no type: for all
 *   POST /_sim/webhooks/flush                what waits is due now
 *   POST /_sim/webhooks/rotate endpoint= [overlap_s=86400]
 *
 * Acts of others. "Of a payment" is payment_intent= or charge=.
 *
 *   POST /_sim/act/pay         payment_intent= | session=  [card=4242424242424242]
 *                              [threeds=complete|fail]
 *             as the card form would; answers the payment intent, 402 for a decline.
 *             Without threeds a card that asks for it stops at requires_action
 *   POST /_sim/act/refund      of a payment, [amount=]   at the dashboard: no metadata
 *   POST /_sim/act/refund_fail refund=
 *   POST /_sim/act/refunds     rule=debit|pending|refuse
 *             of more than the platform has
 *   POST /_sim/act/dispute     do=open, of a payment, [amount=] [reason=fraudulent]
 *                              [status=needs_response|warning_needs_response|lost|...]
 *             the amount is what has not been refunded, if not said; the money goes
 *             and comes by the status
 *   POST /_sim/act/dispute     dispute= do=update [status=under_review|...]
 *                              dispute= do=close [status=won|lost|warning_closed]
 *                              dispute= do=late_win      (lost becomes won)
 *   POST /_sim/act/account     account= standing=open|checking|active
 *                              account= deadline=UNIX_SECONDS  (a document is due)
 *   POST /_sim/act/capability  account= transfers=active|inactive|pending
 *   POST /_sim/act/reversals   [rule=refuse|negative] [reuse=yes|no]
 *             of more than the account has; a source_transaction once more after a
 *             reversal
 *   POST /_sim/act/drain_account account=   all it has, pending too, goes to its bank
 *   POST /_sim/act/payout_fail [account=]   its latest payout comes back; without
 *             account the platform's
 *   POST /_sim/act/deauthorize account=     the host leaves the platform
 *   POST /_sim/act/warning     of a payment   radar.early_fraud_warning.created
 *   POST /_sim/act/review      of a payment, do=open|close [reason=approved]
 *
 *   GET  /_sim/balance [currency=usd]        zero (0, or money was lost), platform and
 *             accounts {acct_...} with available, pending, total; fees, world
 *   GET  /_sim/dump [kind=]                  every object, newest first
 */
#ifndef SANDBOX_SIM_H
#define SANDBOX_SIM_H

#include "call.h"

void sim_handle(struct call *c);

#endif
