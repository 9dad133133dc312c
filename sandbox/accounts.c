#include "accounts.h"

#include <string.h>

#include "events.h"
#include "ledger.h"
#include "util/guard.h"
#include "util/text.h"

/* ---- standing ---- */

static struct value *texts(struct call *c, const char *const *list)
{
    struct value *out = value_array(c->a);
    for (; *list != NULL; list++)
        value_append(out, value_text(c->a, *list));
    return out;
}

static void set_requirements(struct call *c, struct value *b, enum account_standing s)
{
    static const char *const due[] = { "business_type", "external_account",
        "tos_acceptance.date", "tos_acceptance.ip", NULL };
    static const char *const checked[] = { "individual.verification.document", NULL };
    static const char *const none[] = { NULL };
    bool open = s == ACCOUNT_OPEN;
    value_put(c->a, b, "requirements.currently_due", texts(c, open ? due : none));
    value_put(c->a, b, "requirements.eventually_due", texts(c, open ? due : none));
    value_put(c->a, b, "requirements.past_due", texts(c, open ? due : none));
    value_put(c->a, b, "requirements.pending_verification",
        texts(c, s == ACCOUNT_CHECKING ? checked : none));
    value_put_text(c->a, b, "requirements.disabled_reason",
        open                    ? "requirements.past_due"
        : s == ACCOUNT_CHECKING ? "requirements.pending_verification"
                                : NULL);
}

static void add_bank(struct call *c, struct object *account)
{
    struct value *list = value_get(account->body, "external_accounts.data");
    if (list->count > 0)
        return;
    struct value *bank = spec_example(c->box->spec, c->a, "bank_account");
    value_put_text(c->a, bank, "id", call_new_id(c->a, "ba_"));
    value_put_text(c->a, bank, "account", account->id);
    value_put_text(c->a, bank, "bank_name", "STRIPE TEST BANK");
    value_put_text(c->a, bank, "country", "US");
    value_put_text(c->a, bank, "currency", "usd");
    value_put_text(c->a, bank, "last4", "6789");
    value_put_text(c->a, bank, "routing_number", "110000000");
    value_put_text(c->a, bank, "status", "new");
    value_append(list, bank);
}

static void apply_standing(
    struct call *c, struct object *account, enum account_standing standing)
{
    static const char *const states[] = { [ACCOUNT_OPEN] = "inactive",
        [ACCOUNT_CHECKING] = "pending",
        [ACCOUNT_ACTIVE] = "active" };
    struct value *b = account->body, *capabilities = value_member(b, "capabilities");
    value_each(e, capabilities)
    {
        e->text = states[standing];
    }
    set_requirements(c, b, standing);
    value_put_bool(c->a, b, "payouts_enabled", standing == ACCOUNT_ACTIVE);
    value_put_bool(c->a, b, "charges_enabled",
        standing == ACCOUNT_ACTIVE && value_has(capabilities, "card_payments"));
    if (standing != ACCOUNT_OPEN)
        add_bank(c, account);
}

void accounts_set_standing(
    struct call *c, struct object *account, enum account_standing standing)
{
    const struct value *before = value_clone(c->a, account->body);
    apply_standing(c, account, standing);
    if (standing != ACCOUNT_OPEN) {
        value_put_bool(c->a, account->body, "details_submitted", true);
        value_put_int(c->a, account->body, "tos_acceptance.date", sandbox_now(c->box));
    }
    objects_save(c, account);
    events_emit(c, "account.updated", account,
        objects_difference(c, before, account->body), account->id);
}

void accounts_set_transfers(struct call *c, struct object *account, const char *state)
{
    const struct value *before = value_clone(c->a, account->body);
    value_put_text(c->a, account->body, "capabilities.transfers", state);
    objects_save(c, account);
    events_emit(c, "account.updated", account,
        objects_difference(c, before, account->body), account->id);
}

void accounts_set_deadline(struct call *c, struct object *account, int64_t at)
{
    static const char *const due[] = { "individual.verification.document", NULL };
    const struct value *before = value_clone(c->a, account->body);
    value_put(c->a, account->body, "requirements.currently_due", texts(c, due));
    value_put_int(c->a, account->body, "requirements.current_deadline", at);
    objects_save(c, account);
    events_emit(c, "account.updated", account,
        objects_difference(c, before, account->body), account->id);
}

void accounts_deauthorize(struct call *c, const struct object *account)
{
    struct value *application = value_object(c->a);
    value_put_text(c->a, application, "id", "ca_sandbox");
    value_put_text(c->a, application, "object", "application");
    value_put_text(c->a, application, "name", "Prep");
    const struct object told = { .id = "ca_sandbox", .body = application };
    events_emit(c, "account.application.deauthorized", &told, NULL, account->id);
    store_delete(c->box->store, account->id);
}

/* ---- the operations ---- */

static enum result take(struct call *c, struct object *o)
{
    static const char *const names[] = { "business_type", "country", "default_currency",
        "email", NULL };
    const char *email = call_text(c, "email");
    if (!text_empty(email) && strchr(email, '@') == NULL)
        return call_invalid(
            c, "email_invalid", "email", "Invalid email address: %s", email);
    const char *country = call_text(c, "country");
    if (country != NULL && strlen(country) != 2)
        return call_invalid(
            c, "country_code_invalid", "country", "Country '%s' is unknown.", country);
    const char *url = call_text(c, "business_profile.url");
    if (!text_empty(url) && strchr(url, '.') == NULL)
        return call_invalid(
            c, "url_invalid", "business_profile[url]", "Not a valid URL");
    objects_take(c, o, names);
    const struct value *profile = value_member(c->params, "business_profile");
    if (profile != NULL && profile->kind == VALUE_OBJECT)
        value_merge(c->a, value_member(o->body, "business_profile"), profile);
    value_each(e, value_member(c->params, "capabilities"))
    {
        struct value *capabilities = value_member(o->body, "capabilities");
        if (!value_get_bool(e, "requested", false))
            value_remove(capabilities, e->key);
        else if (value_member(capabilities, e->key) == NULL)
            value_put_text(c->a, capabilities, e->key, "inactive");
    }
    return objects_take_metadata(c, o);
}

/* What kind of account the controller properties make. */
static enum result take_controller(struct call *c, struct object *o)
{
    const char *type = call_text(c, "type");
    const struct value *given = value_member(c->params, "controller");
    if (type != NULL && given != NULL)
        return call_invalid(c, "parameters_exclusive", "controller",
            "You may only specify one of these parameters: type, controller.");
    const char *dashboard = type == NULL || text_is(type, "standard") ? "full"
                            : text_is(type, "express")                ? "express"
                                                                      : "none";
    bool ours = type != NULL && !text_is(type, "standard");
    struct value *b = o->body;
    value_put_text(c->a, b, "controller.type", "application");
    value_put_bool(c->a, b, "controller.is_controller", true);
    value_put_text(c->a, b, "controller.fees.payer", ours ? "application" : "account");
    value_put_text(
        c->a, b, "controller.losses.payments", ours ? "application" : "stripe");
    value_put_text(c->a, b, "controller.requirement_collection",
        text_is(type, "custom") ? "application" : "stripe");
    value_put_text(c->a, b, "controller.stripe_dashboard.type", dashboard);
    if (given != NULL)
        value_merge(c->a, value_member(b, "controller"), given);
    dashboard = value_get_text(b, "controller.stripe_dashboard.type");
    value_put_text(c->a, b, "type",
        text_is(dashboard, "full")      ? "standard"
        : text_is(dashboard, "express") ? "express"
                                        : "custom");
    return OK;
}

/* People of the demo are known already (--ready). */
static bool is_ready(const struct call *c)
{
    const char *email = call_text(c, "email");
    const char *at = email == NULL ? NULL : strrchr(email, '@');
    return at != NULL && text_is(at + 1, c->box->ready);
}

enum result accounts_create(struct call *c)
{
    struct object *o = objects_new(c, "account", "acct_");
    value_put_text(c->a, o->body, "external_accounts.url",
        arena_printf(c->a, "/v1/accounts/%s/external_accounts", o->id));
    TRY(take_controller(c, o));
    TRY(take(c, o));
    apply_standing(c, o, ACCOUNT_OPEN);
    objects_save(c, o);
    ledger_open(c->box->store, o->id, value_get_text(o->body, "default_currency"));
    if (is_ready(c))
        accounts_set_standing(c, o, ACCOUNT_ACTIVE);
    return objects_answer(c, o);
}

enum result accounts_refuse(struct call *c, const char *id)
{
    return call_error(c, 403, "invalid_request_error", "account_invalid", NULL,
        "The provided key does not have access to account '%s' (or that account does "
        "not exist). Application access may have been revoked.",
        id);
}

static enum result require(struct call *c, struct object **out)
{
    *out = objects_find(c, "account", c->ids[0]);
    return *out != NULL ? OK : accounts_refuse(c, c->ids[0]);
}

enum result accounts_retrieve(struct call *c)
{
    struct object *o;
    TRY(require(c, &o));
    return objects_answer(c, o);
}

enum result accounts_update(struct call *c)
{
    struct object *o;
    TRY(require(c, &o));
    const struct value *before = value_clone(c->a, o->body);
    TRY(take(c, o));
    objects_save(c, o);
    events_emit(c, "account.updated", o, objects_difference(c, before, o->body), o->id);
    return objects_answer(c, o);
}

enum result accounts_list(struct call *c)
{
    static const struct objects_filter none[] = { { NULL, NULL } };
    return objects_list(c, "account", none);
}

enum result accounts_reject(struct call *c)
{
    static const char *const reasons[][2] = {
        { "fraud_payment_method_casher", "rejected.fraud" },
        { "fraud_payment_method_tester", "rejected.fraud" },
        { "fraud_no_intent_to_fulfill", "rejected.fraud" },
        { "fraud_other", "rejected.fraud" },
        { "terms_of_service", "rejected.terms_of_service" },
    };
    struct object *o;
    TRY(require(c, &o));
    const struct value *before = value_clone(c->a, o->body);
    const char *why = "rejected.other";
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (text_is(call_text(c, "reason"), reasons[i][0]))
            why = reasons[i][1];
    apply_standing(c, o, ACCOUNT_OPEN);
    value_put_text(c->a, o->body, "requirements.disabled_reason", why);
    value_put_bool(c->a, o->body, "payouts_enabled",
        text_is(call_text(c, "payouts_action"), "none"));
    objects_save(c, o);
    events_emit(c, "account.updated", o, objects_difference(c, before, o->body), o->id);
    return objects_answer(c, o);
}
