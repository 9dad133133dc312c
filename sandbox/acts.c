#include "acts.h"

#include "accounts.h"
#include "cards.h"
#include "checkout_sessions.h"
#include "disputes.h"
#include "payouts.h"
#include "radar.h"
#include "refunds.h"
#include "reversals.h"
#include "transfers.h"
#include "util/civil.h"
#include "util/text.h"

/* The place of PARAM's text in NAMES (NULL ends them). */
static enum result take_choice(
    struct call *c, const char *param, const char *const *names, size_t *out)
{
    const char *given = call_text(c, param);
    char *all = arena_strdup(c->a, "");
    for (size_t i = 0; names[i] != NULL; i++) {
        if (text_is(given, names[i])) {
            *out = i;
            return OK;
        }
        all = arena_printf(c->a, "%s%s%s", all, i == 0 ? "" : ", ", names[i]);
    }
    return call_invalid(c, NULL, param, "%s is one of %s.", param, all);
}

/* ---- the host, his account and his bank ---- */

static enum result find_account(struct call *c, struct object **out)
{
    return objects_require(c, "account", call_text(c, "account"), "account", out);
}

enum result acts_set_account(struct call *c)
{
    static const char *const standings[] = { [ACCOUNT_OPEN] = "open",
        [ACCOUNT_CHECKING] = "checking",
        [ACCOUNT_ACTIVE] = "active",
        NULL };
    struct object *account;
    int64_t deadline_at;
    size_t i;
    TRY(find_account(c, &account));
    if (text_int(call_text(c, "deadline"), 1, INT64_MAX, &deadline_at)) {
        accounts_set_deadline(c, account, deadline_at);
        return objects_answer(c, account);
    }
    TRY(take_choice(c, "standing", standings, &i));
    accounts_set_standing(c, account, (enum account_standing)i);
    return objects_answer(c, account);
}

enum result acts_set_capability(struct call *c)
{
    static const char *const states[] = { "active", "inactive", "pending", NULL };
    struct object *account;
    size_t i;
    TRY(find_account(c, &account));
    TRY(take_choice(c, "transfers", states, &i));
    accounts_set_transfers(c, account, states[i]);
    return objects_answer(c, account);
}

enum result acts_deauthorize(struct call *c)
{
    struct object *account;
    TRY(find_account(c, &account));
    accounts_deauthorize(c, account);
    return objects_answer(c, account);
}

enum result acts_set_reversals(struct call *c)
{
    static const char *const rules[] = {
        [REVERSALS_REFUSE] = "refuse", [REVERSALS_NEGATIVE] = "negative", NULL
    };
    static const char *const answers[] = { "no", "yes", NULL };
    size_t i;
    if (value_has(c->params, "rule") || !value_has(c->params, "reuse")) {
        TRY(take_choice(c, "rule", rules, &i));
        reversals_set_rule(c, (enum reversals_rule)i);
    }
    if (value_has(c->params, "reuse")) {
        TRY(take_choice(c, "reuse", answers, &i));
        transfers_set_reuse(c, i == 1);
    }
    c->status = 200;
    c->reply = value_clone(c->a, c->params);
    return OK;
}

enum result acts_drain_account(struct call *c)
{
    struct object *account;
    TRY(find_account(c, &account));
    return payouts_drain(c, account);
}

enum result acts_fail_payout(struct call *c)
{
    struct object *account = NULL;
    if (value_has(c->params, "account"))
        TRY(find_account(c, &account));
    return payouts_fail_latest(c, account);
}

/* ---- the dashboard ---- */

/* A whole number of cents; 0 if there is none. */
static enum result take_cents(struct call *c, int64_t *out)
{
    const char *text = call_text(c, "amount");
    *out = 0;
    if (text == NULL || text_int(text, 1, INT64_MAX, out))
        return OK;
    return call_invalid(
        c, "parameter_invalid_integer", "amount", "Invalid integer: %s", text);
}

enum result acts_set_refunds(struct call *c)
{
    static const char *const rules[] = { [REFUNDS_DEBIT] = "debit",
        [REFUNDS_PENDING] = "pending",
        [REFUNDS_REFUSE] = "refuse",
        NULL };
    size_t i;
    TRY(take_choice(c, "rule", rules, &i));
    refunds_set_rule(c, (enum refunds_rule)i);
    c->status = 200;
    c->reply = value_clone(c->a, c->params);
    return OK;
}

enum result acts_refund(struct call *c)
{
    struct object *charge, *refund;
    struct refund_terms terms = { .reason = call_text(c, "reason") };
    TRY(refunds_find_charge(c, &charge));
    TRY(take_cents(c, &terms.amount_cents));
    TRY(refunds_make(c, charge, &terms, &refund));
    return objects_answer(c, refund);
}

/* ---- the customer's bank ---- */

enum result acts_fail_refund(struct call *c)
{
    struct object *refund;
    TRY(objects_require(c, "refund", call_text(c, "refund"), "refund", &refund));
    return refunds_fail(c, refund, "expired_or_canceled_card");
}

static enum result open_dispute(struct call *c)
{
    struct object *charge, *dispute;
    struct dispute_terms terms = {
        .reason = call_text(c, "reason"),
        .status = call_text(c, "status"),
    };
    TRY(refunds_find_charge(c, &charge));
    TRY(take_cents(c, &terms.amount_cents));
    if (!value_get_bool(charge->body, "paid", false))
        return call_invalid(c, NULL, "charge", "This charge did not succeed.");
    int64_t whole = value_get_int(charge->body, "amount", 0);
    int64_t left = whole - value_get_int(charge->body, "amount_refunded", 0);
    if (terms.amount_cents == 0)
        terms.amount_cents = left > 0 ? left : whole;
    if (terms.reason == NULL)
        terms.reason = "fraudulent";
    if (terms.status == NULL)
        terms.status = "needs_response";
    TRY(disputes_open(c, charge, &terms, &dispute));
    return objects_answer(c, dispute);
}

enum result acts_dispute(struct call *c)
{
    enum { OPEN = DISPUTE_LATE_WIN + 1 };
    static const char *const steps[] = { [DISPUTE_UPDATE] = "update",
        [DISPUTE_CLOSE] = "close",
        [DISPUTE_LATE_WIN] = "late_win",
        [OPEN] = "open",
        NULL };
    struct object *dispute;
    size_t i;
    TRY(take_choice(c, "do", steps, &i));
    if (i == OPEN)
        return open_dispute(c);
    TRY(objects_require(c, "dispute", call_text(c, "dispute"), "dispute", &dispute));
    TRY(disputes_step(c, dispute, (enum dispute_step)i, call_text(c, "status")));
    return objects_answer(c, dispute);
}

/* ---- Stripe's checks ---- */

enum result acts_warn(struct call *c)
{
    struct object *charge;
    TRY(refunds_find_charge(c, &charge));
    return radar_warn(c, charge);
}

enum result acts_review(struct call *c)
{
    static const char *const steps[] = { "open", "close", NULL };
    struct object *charge;
    size_t i;
    TRY(refunds_find_charge(c, &charge));
    TRY(take_choice(c, "do", steps, &i));
    if (i == 0)
        return radar_open_review(c, charge);
    const char *reason = call_text(c, "reason");
    return radar_close_review(c, charge, reason == NULL ? "approved" : reason);
}

/* ---- the customer ---- */

/* The payment intent that the parameters name, by itself or by its session. */
static enum result find_intent(struct call *c, struct object **out)
{
    const char *id = call_text(c, "session");
    struct object *session;
    if (id == NULL)
        return objects_require(
            c, "payment_intent", call_text(c, "payment_intent"), "payment_intent", out);
    TRY(objects_require(c, "checkout.session", id, "session", &session));
    checkout_sessions_expire_due(c, session);
    const char *status = value_get_text(session->body, "status");
    if (!text_is(status, "open"))
        return call_invalid(c, NULL, "session",
            "Only open Checkout Sessions can be paid; this one is %s.", status);
    const char *email = value_get_text(session->body, "customer_email");
    value_put_text(
        c->a, session->inner, "email", email != NULL ? email : "customer@example.com");
    objects_save(c, session);
    *out = checkout_sessions_intent(c, session);
    return OK;
}

/* A card as somebody types it, with a date and code that are right. */
static enum result take_card(struct call *c, struct object **out)
{
    struct civil now = civil_of_seconds(sandbox_now(c->box));
    const char *number = call_text(c, "card");
    const struct card_input input = {
        .number = number == NULL ? "4242424242424242" : number,
        .exp_month = now.month,
        .exp_year = now.year + 1,
        .cvc = "123",
    };
    const struct card *card;
    TRY(cards_check(c, &input, &card));
    *out = cards_payment_method(c, card, input.exp_month, input.exp_year);
    objects_save(c, *out);
    return OK;
}

enum result acts_pay(struct call *c)
{
    static const char *const answers[] = { "fail", "complete", NULL };
    static const struct payment_return back = { .by_script = true };
    struct object *pi, *pm;
    size_t answer = 0;
    bool answers_bank = value_has(c->params, "threeds");
    if (answers_bank)
        TRY(take_choice(c, "threeds", answers, &answer));
    TRY(find_intent(c, &pi));
    TRY(take_card(c, &pm));
    TRY(payment_intents_pay(c, pi, pm, &back));
    if (answers_bank && text_is(value_get_text(pi->body, "status"), "requires_action"))
        TRY(payment_intents_authenticated(c, pi, answer == 1));
    checkout_sessions_settle(c, pi);
    return objects_answer(c, pi);
}
