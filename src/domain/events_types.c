/* What to do with each type of event: from the event itself, or from its object, which
 * is read again. */
#include "domain/differences.h"
#include "domain/disputes.h"
#include "domain/events.h"
#include "domain/freezes.h"
#include "domain/host_accounts.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/guard.h"

/* ---- from the event itself --------------------------------------------------------
 */

static enum result intent_is_final(struct ctx *c, const struct stripe_event *e)
{
    struct stripe_intent intent;
    TRY(stripe_read_intent(e->object, &intent));
    return payments_apply(c, &intent);
}

static enum result session_is_final(struct ctx *c, const struct stripe_event *e)
{
    struct stripe_session session;
    TRY(stripe_read_session(e->object, &session));
    return payments_apply_session(c, &session);
}

/* The payment that the event's object is about, or NULL. */
static const char *intent_of(const struct stripe_event *e)
{
    const char *intent_id = json_text(e->object, "payment_intent");
    return intent_id != NULL ? intent_id : json_text(e->object, "payment_intent.id");
}

/* Reviews and warnings are not read again: each event says all there is to know. One
 * that is over stays over, so they may come in any order. R_NOT_FOUND: the payment is
 * not known. */
static enum result freeze(
    struct ctx *c, const struct stripe_event *e, enum freeze_kind kind, bool open)
{
    struct payment p;
    struct booking b;
    TRY(payments_by_intent(c, intent_of(e), &p));
    TRY(bookings_get(c, p.booking_id, &b));
    return freezes_set(c, &b, kind, e->object_id, open);
}

static enum result review_opened(struct ctx *c, const struct stripe_event *e)
{
    return freeze(c, e, FREEZE_REVIEW, true);
}

static enum result review_closed(struct ctx *c, const struct stripe_event *e)
{
    return freeze(c, e, FREEZE_REVIEW, false);
}

static enum result warned(struct ctx *c, const struct stripe_event *e)
{
    return freeze(c, e, FREEZE_WARNING, true);
}

/* To our own bank. The movement itself is found by the daily comparison. */
static enum result our_payout_failed(struct ctx *c, const struct stripe_event *e)
{
    int64_t cents = 0;
    const char *why = json_text(e->object, "failure_message");
    const struct difference d = {
        .kind = "payout_failed",
        .source_id = e->object_id,
        .detail = ctx_printf(c, "%s: %s",
            json_int(e->object, "amount", &cents)
                ? cents_format(c->arena, cents_of(cents))
                : "an unknown amount",
            why == NULL ? "Stripe does not say why" : why),
        .notice = "Stripe could not pay out to our bank.",
    };
    return differences_found(c, &d, NULL);
}

/* ---- from the object, read again --------------------------------------------------
 */

static enum result read_object(
    struct ctx *c, const char *path, struct stripe_reply *reply)
{
    struct stripe_client client;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    return stripe_ops_read(c, &client, path, reply);
}

static enum result read_intent(
    struct ctx *c, const char *object_id, [[maybe_unused]] const char *account)
{
    struct stripe_client client;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    return payments_read(c, &client, object_id);
}

static enum result read_session(
    struct ctx *c, const char *object_id, [[maybe_unused]] const char *account)
{
    struct stripe_client client;
    const char *intent_id;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    return payments_read_session(c, &client, object_id, &intent_id);
}

static enum result read_refund(
    struct ctx *c, const char *object_id, [[maybe_unused]] const char *account)
{
    struct stripe_reply reply;
    struct stripe_refund refund;
    TRY(read_object(c, ctx_printf(c, "/v1/refunds/%s", object_id), &reply));
    TRY(stripe_read_refund(reply.object, &refund));
    TRY(payments_learn_if_ours(c, refund.intent_id));
    TRY(db_begin(c->db));
    TRY(refunds_apply(c, &refund));
    return db_commit(c->db);
}

static enum result read_transfer(
    struct ctx *c, const char *object_id, [[maybe_unused]] const char *account)
{
    struct stripe_reply reply;
    struct stripe_transfer transfer;
    TRY(read_object(c, ctx_printf(c, "/v1/transfers/%s", object_id), &reply));
    TRY(stripe_read_transfer(reply.object, &transfer));
    TRY(db_begin(c->db));
    TRY(transfers_apply(c, &transfer));
    return db_commit(c->db);
}

static enum result read_dispute(
    struct ctx *c, const char *object_id, [[maybe_unused]] const char *account)
{
    return disputes_check(c, object_id);
}

static enum result read_account(
    struct ctx *c, const char *object_id, const char *account)
{
    return host_accounts_check_id(
        c, *account != '\0' ? account : object_id, STRIPE_JOB_MS);
}

/* ---- the table --------------------------------------------------------------------
 */

/* What is final is applied from the event itself, when it comes; everything else, and
 * what could not be applied then, from the object. Where no object is read the event is
 * applied later, too, once its payment is known. `prep stripe-endpoints` makes its
 * lists from this one.
 *
 * Not here, and so not asked for:
 *   charge.updated: nothing of a charge is kept that its intent, refunds and disputes
 *     do not tell; what Stripe keeps of it is read from its movements, daily
 *   checkout.session.async_payment_succeeded and ..._failed: come of ways of paying
 *     that take days, and sessions are made for cards only
 *   payout.paid: to our bank, its movement is read daily; to a host's, it is between
 *     Stripe and him */
static const struct events_handling handlings[] = {
    { "payment_intent.succeeded", intent_is_final, read_intent },
    { "payment_intent.canceled", intent_is_final, read_intent },
    { "payment_intent.payment_failed", NULL, read_intent },
    { "payment_intent.processing", NULL, read_intent },
    { "checkout.session.completed", session_is_final, read_session },
    { "checkout.session.expired", session_is_final, read_session },
    { "refund.created", NULL, read_refund },
    { "refund.updated", NULL, read_refund },
    { "refund.failed", NULL, read_refund },
    { "charge.dispute.created", NULL, read_dispute },
    { "charge.dispute.updated", NULL, read_dispute },
    { "charge.dispute.closed", NULL, read_dispute },
    { "charge.dispute.funds_withdrawn", NULL, read_dispute },
    { "charge.dispute.funds_reinstated", NULL, read_dispute },
    { "radar.early_fraud_warning.created", warned, NULL },
    { "review.opened", review_opened, NULL },
    { "review.closed", review_closed, NULL },
    { "transfer.created", NULL, read_transfer },
    { "transfer.updated", NULL, read_transfer },
    { "transfer.reversed", NULL, read_transfer },
    { "payout.failed", our_payout_failed, NULL },
    { "payout.failed", NULL, read_account, EVENTS_CONNECTED },
    { "account.updated", NULL, read_account, EVENTS_CONNECTED },
    { "account.external_account.updated", NULL, read_account, EVENTS_CONNECTED },
    { "account.application.deauthorized", NULL, read_account, EVENTS_CONNECTED },
};

const char *events_type(enum events_endpoint endpoint, size_t i)
{
    for (size_t k = 0; k < COUNT_OF(handlings); k++)
        if (handlings[k].endpoint == endpoint && i-- == 0)
            return handlings[k].type;
    return NULL;
}

/* What happens on a connected account concerns us only as far as it is about the
 * account: its payments are not ours, whatever their metadata says. */
const struct events_handling *events_handling_of(const struct stripe_event *e)
{
    static const struct events_handling none = { .type = "" };
    enum events_endpoint endpoint =
        *e->account == '\0' ? EVENTS_OURS : EVENTS_CONNECTED;
    for (size_t i = 0; i < COUNT_OF(handlings); i++)
        if (handlings[i].endpoint == endpoint && text_is(handlings[i].type, e->type))
            return &handlings[i];
    return &none;
}

enum result events_learn(
    struct ctx *c, const struct events_handling *h, const struct stripe_event *e)
{
    return h->now == our_payout_failed ? OK : payments_learn(c, intent_of(e));
}
