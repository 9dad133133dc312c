#include "balance.h"

#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { CURRENCIES_MAX = 8, PARTIES_MAX = 20000 };

const char *balance_party(const char *account)
{
    return text_empty(account) ? LEDGER_PLATFORM : account;
}

struct ledger_balance balance_of(
    struct call *c, const char *account, const char *currency)
{
    return ledger_balance(
        c->box->store, balance_party(account), currency, sandbox_now(c->box));
}

enum result balance_take_currency(struct call *c, const char **out)
{
    static const char *const known[] = { "usd", "eur", "gbp", "cad" };
    const char *given = call_text(c, "currency");
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (given != NULL && text_same_nocase(given, known[i])) {
            *out = known[i];
            return OK;
        }
    return call_invalid(c, NULL, "currency",
        "Invalid currency: %s. The sandbox knows usd, eur, gbp and cad.",
        given == NULL ? "" : given);
}

/* ---- the operations ---- */

static struct value *part(struct call *c, const char *currency, int64_t cents)
{
    struct value *v = value_object(c->a);
    value_put_int(c->a, v, "amount", cents);
    value_put_text(c->a, v, "currency", currency);
    value_put_int(c->a, v, "source_types.card", cents);
    return v;
}

enum result balance_retrieve(struct call *c)
{
    const char *currencies[CURRENCIES_MAX] = { "usd" };
    size_t n = ledger_currencies(
        c->box->store, c->a, balance_party(c->account), CURRENCIES_MAX, currencies);
    struct value *b = spec_example(c->box->spec, c->a, "balance");
    for (size_t i = 0; i < n || i == 0; i++) {
        struct ledger_balance has = balance_of(c, c->account, currencies[i]);
        value_append(
            value_member(b, "available"), part(c, currencies[i], has.available_cents));
        value_append(
            value_member(b, "pending"), part(c, currencies[i], has.pending_cents));
    }
    c->status = 200;
    c->reply = b;
    return OK;
}

/* The settings are an object of the account that nobody sees the id of. */
static struct object *settings(struct call *c)
{
    struct object *found = objects_latest(c, "balance_settings", NULL, NULL);
    if (found != NULL)
        return found;
    struct object *o = objects_new(c, "balance_settings", "bset_");
    value_remove(o->body, "created");
    return o;
}

enum result balance_settings_retrieve(struct call *c)
{
    return objects_answer(c, settings(c));
}

/* An empty text unsets: the whole table, or one currency of it. */
static void unset_minimums(struct call *c, struct value *payouts)
{
    struct value *table = value_member(payouts, "minimum_balance_by_currency");
    if (table == NULL)
        return;
    if (table->kind != VALUE_OBJECT) {
        value_put(c->a, payouts, "minimum_balance_by_currency", value_null(c->a));
        return;
    }
    struct value *kept = value_object(c->a);
    value_each(e, table)
    {
        if (e->kind == VALUE_INT)
            value_put_int(c->a, kept, e->key, e->integer);
    }
    value_set(c->a, payouts, "minimum_balance_by_currency", kept);
}

enum result balance_settings_update(struct call *c)
{
    struct object *o = settings(c);
    const struct value *given = value_member(c->params, "payments");
    if (value_has(given, "payouts.automatic_transfer_rules_by_currency"))
        return call_invalid(c, NULL, "payments[payouts]",
            "The sandbox does not support rules of automatic transfers.");
    if (given != NULL)
        value_merge(c->a, value_member(o->body, "payments"), given);
    unset_minimums(c, value_get(o->body, "payments.payouts"));
    objects_save(c, o);
    return objects_answer(c, o);
}

/* ---- the overview ---- */

static struct value *shown(struct call *c, const char *party, const char *currency)
{
    struct ledger_balance has =
        ledger_balance(c->box->store, party, currency, sandbox_now(c->box));
    struct value *v = value_object(c->a);
    value_put_int(c->a, v, "available", has.available_cents);
    value_put_int(c->a, v, "pending", has.pending_cents);
    value_put_int(c->a, v, "total", has.available_cents + has.pending_cents);
    return v;
}

static int64_t total(struct call *c, const char *party, const char *currency)
{
    struct ledger_balance has = ledger_balance(c->box->store, party, currency, 0);
    return has.available_cents + has.pending_cents;
}

struct value *balance_overview(struct call *c, const char *currency)
{
    struct value *v = value_object(c->a), *accounts = value_object(c->a);
    const char **parties = arena_array(c->a, PARTIES_MAX, sizeof *parties);
    size_t n = ledger_parties(c->box->store, c->a, currency, PARTIES_MAX, parties);
    for (size_t i = 0; i < n; i++)
        if (text_starts(parties[i], "acct_"))
            value_set(c->a, accounts, parties[i], shown(c, parties[i], currency));
    value_put_int(c->a, v, "zero", ledger_missing(c->box->store));
    value_put_text(c->a, v, "currency", currency);
    value_set(c->a, v, "platform", shown(c, LEDGER_PLATFORM, currency));
    value_set(c->a, v, "accounts", accounts);
    value_put_int(c->a, v, "fees", total(c, LEDGER_FEES, currency));
    value_put_int(c->a, v, "world", total(c, LEDGER_WORLD, currency));
    return v;
}
