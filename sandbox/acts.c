#include "acts.h"

#include "accounts.h"
#include "payouts.h"
#include "refunds.h"
#include "reversals.h"
#include "transfers.h"
#include "util/guard.h"
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

/* ---- the host, his account and his bank --------------------------------------------
 */

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
    size_t i;
    TRY(find_account(c, &account));
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
    struct object *account;
    TRY(find_account(c, &account));
    return payouts_fail_latest(c, account);
}

/* ---- the customer's bank -----------------------------------------------------------
 */

enum result acts_fail_refund(struct call *c)
{
    struct object *refund;
    TRY(objects_require(c, "refund", call_text(c, "refund"), "refund", &refund));
    return refunds_fail(c, refund, "expired_or_canceled_card");
}
