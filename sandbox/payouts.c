#include "payouts.h"

#include "balance.h"
#include "balance_transactions.h"
#include "events.h"
#include "util/guard.h"
#include "util/text.h"

enum { ARRIVAL_S = 2 * 24 * 3600, CURRENCIES_MAX = 8 };

/* ---- steps ---- */

/* What leaves the account for the bank, or comes back (BACK). */
static const char *move(
    struct call *c, const struct object *payout, const char *type, bool back)
{
    int64_t amount = value_get_int(payout->body, "amount", 0);
    const struct movement m = {
        .type = type,
        .category = back ? "payout_reversal" : "payout",
        .account = payout->account,
        .with = LEDGER_WORLD,
        .currency = value_get_text(payout->body, "currency"),
        .source = payout->id,
        .description = "STRIPE PAYOUT",
        .amount_cents = back ? amount : -amount,
    };
    return balance_transactions_add(c, &m)->id;
}

static void change(
    struct call *c, struct object *payout, const char *status, const char *event)
{
    value_put_text(c->a, payout->body, "status", status);
    objects_save(c, payout);
    events_emit(c, event, payout, NULL, payout->account);
}

/* The id of the bank account that ACCOUNT is paid to. */
static const char *bank_of(struct call *c, const char *account)
{
    const struct object *o = objects_find_anywhere(c, "account", account);
    const char *id =
        o == NULL ? NULL : value_get_text(o->body, "external_accounts.data[0].id");
    return id != NULL ? id : "ba_sandbox";
}

static struct object *make(struct call *c, const char *account, int64_t amount_cents,
    const char *currency, bool automatic)
{
    struct object *o = objects_new_for(c, account, "payout", "po_");
    value_put_int(c->a, o->body, "amount", amount_cents);
    value_put_text(c->a, o->body, "currency", currency);
    value_put_text(c->a, o->body, "destination", bank_of(c, account));
    value_put_int(c->a, o->body, "arrival_date", o->created_at + ARRIVAL_S);
    value_put_bool(c->a, o->body, "automatic", automatic);
    value_put_text(c->a, o->body, "reconciliation_status",
        automatic ? "completed" : "not_applicable");
    return o;
}

/* ---- the operations ---- */

static enum result check(struct call *c, const char *currency)
{
    const struct object *account = objects_find_anywhere(c, "account", c->account);
    int64_t amount = value_get_int(c->params, "amount", 0);
    if (account != NULL && !value_get_bool(account->body, "payouts_enabled", false))
        return call_invalid(c, "payouts_not_allowed", NULL,
            "Cannot create payouts; this account has requirements that are due.");
    if (amount < 1)
        return call_invalid(c, "parameter_invalid_integer", "amount",
            "This value must be greater than or equal to 1.");
    if (text_is(call_text(c, "method"), "instant"))
        return call_invalid(
            c, NULL, "method", "The sandbox does not support instant payouts.");
    const char *destination = call_text(c, "destination");
    if (destination != NULL && !text_is(destination, bank_of(c, c->account)))
        return call_invalid(c, "resource_missing", "destination",
            "No such external account: '%s'", destination);
    if (balance_of(c, c->account, currency).available_cents >= amount)
        return OK;
    return call_invalid(c, "balance_insufficient", NULL,
        "You have insufficient funds in your Stripe account for this transfer.");
}

enum result payouts_create(struct call *c)
{
    static const char *const names[] = { "description", "statement_descriptor", NULL };
    const char *currency;
    TRY(balance_take_currency(c, &currency));
    TRY(check(c, currency));
    struct object *o =
        make(c, c->account, value_get_int(c->params, "amount", 0), currency, false);
    objects_take(c, o, names);
    TRY(objects_take_metadata(c, o));
    value_put_text(c->a, o->body, "balance_transaction", move(c, o, "payout", false));
    change(c, o, "pending", "payout.created");
    return objects_answer(c, o);
}

enum result payouts_retrieve(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "payout", c->ids[0], "payout", &o));
    return objects_answer(c, o);
}

enum result payouts_cancel(struct call *c)
{
    struct object *o;
    TRY(objects_require(c, "payout", c->ids[0], "payout", &o));
    if (!text_is(value_get_text(o->body, "status"), "pending"))
        return call_invalid(c, NULL, NULL,
            "Payouts can only be canceled while they are pending; this one is %s.",
            value_get_text(o->body, "status"));
    value_put_text(c->a, o->body, "failure_balance_transaction",
        move(c, o, "payout_cancel", true));
    change(c, o, "canceled", "payout.canceled");
    return objects_answer(c, o);
}

enum result payouts_list(struct call *c)
{
    static const struct objects_filter filters[] = { { "destination", "destination" },
        { "status", "status" }, { NULL, NULL } };
    return objects_list(c, "payout", filters);
}

/* ---- what the bank does ---- */

/* The movements that an automatic payout pays out name it. */
static bool name_payout(struct call *c, struct object *o, void *arg)
{
    const struct object *payout = arg;
    int64_t now = sandbox_now(c->box);
    if (value_has(o->inner, "payout") || !text_is(value_get_text(o->body, "currency"),
                                             value_get_text(payout->body, "currency")))
        return true;
    if (value_get_int(o->body, "available_on", 0) > now)
        value_put_int(c->a, o->body, "available_on", now);
    value_put_text(c->a, o->inner, "payout", payout->id);
    objects_save(c, o);
    return true;
}

/* NULL: there is nothing to pay out. */
static struct object *pay_out(struct call *c, const char *account, const char *currency)
{
    const char *caller = c->account;
    int64_t cents = balance_of(c, account, currency).available_cents;
    if (cents <= 0)
        return NULL;
    struct object *o = make(c, account, cents, currency, true);
    value_put_text(c->a, o->body, "balance_transaction", move(c, o, "payout", false));
    value_put_int(c->a, o->body, "arrival_date", o->created_at);
    c->account = account;
    objects_each(c, "balance_transaction", "currency", currency, name_payout, o);
    c->account = caller;
    change(c, o, "in_transit", "payout.created");
    change(c, o, "paid", "payout.paid");
    return o;
}

enum result payouts_drain(struct call *c, const struct object *account)
{
    const char *currencies[CURRENCIES_MAX];
    struct value *list = value_array(c->a);
    ledger_ripen(c->box->store, account->id, sandbox_now(c->box));
    size_t n =
        ledger_currencies(c->box->store, c->a, account->id, CURRENCIES_MAX, currencies);
    for (size_t i = 0; i < n; i++) {
        const struct object *o = pay_out(c, account->id, currencies[i]);
        if (o != NULL)
            value_append(list, o->body);
    }
    c->status = 200;
    c->reply = value_object(c->a);
    value_set(c->a, c->reply, "payouts", list);
    return OK;
}

static bool can_fail(const struct object *payout)
{
    const char *status = payout == NULL ? NULL : value_get_text(payout->body, "status");
    return text_is(status, "paid") || text_is(status, "pending");
}

/* After a failed payout Stripe pays to this bank account no more. */
static void spoil_bank(struct call *c, struct object *account)
{
    struct value *bank = value_get(account->body, "external_accounts.data[0]");
    if (bank == NULL)
        return;
    value_put_text(c->a, bank, "status", "errored");
    objects_save(c, account);
    const struct object told = { .id = value_get_text(bank, "id"), .body = bank };
    events_emit(c, "account.external_account.updated", &told, NULL, account->id);
}

enum result payouts_fail_latest(struct call *c, struct object *account)
{
    const char *caller = c->account, *id = account == NULL ? "" : account->id;
    c->account = id;
    struct object *payout = objects_latest(c, "payout", NULL, NULL);
    c->account = caller;
    if (!can_fail(payout))
        payout = pay_out(c, id, "usd");
    if (payout == NULL)
        return call_invalid(
            c, NULL, "account", "The account has no payout and nothing to pay out.");
    value_put_text(c->a, payout->body, "failure_balance_transaction",
        move(c, payout, "payout_failure", true));
    value_put_text(c->a, payout->body, "failure_code", "account_closed");
    value_put_text(
        c->a, payout->body, "failure_message", "The bank account has been closed.");
    change(c, payout, "failed", "payout.failed");
    if (account != NULL)
        spoil_bank(c, account);
    return objects_answer(c, payout);
}

static bool arrive(struct call *c, struct object *payout, void *arg)
{
    (void)arg;
    if (value_get_int(payout->body, "arrival_date", 0) <= sandbox_now(c->box))
        change(c, payout, "paid", "payout.paid");
    return true;
}

void payouts_tick(struct call *c)
{
    const char *caller = c->account;
    c->account = STORE_ALL_ACCOUNTS;
    objects_each(c, "payout", "status", "pending", arrive, NULL);
    c->account = caller;
}
