#include "routes.h"

#include <string.h>

#include "account_links.h"
#include "accounts.h"
#include "balance.h"
#include "balance_transactions.h"
#include "charges.h"
#include "checkout_sessions.h"
#include "customers.h"
#include "disputes.h"
#include "events.h"
#include "payment_intents.h"
#include "payment_methods.h"
#include "payouts.h"
#include "refunds.h"
#include "reversals.h"
#include "transfers.h"
#include "util/guard.h"
#include "util/text.h"
#include "webhook_endpoints.h"

/* clang-format off */
static const struct route routes[] = {
    { "POST",   "/v1/account_links",                    account_links_create },

    { "POST",   "/v1/accounts",                         accounts_create },
    { "GET",    "/v1/accounts",                         accounts_list },
    { "GET",    "/v1/accounts/{account}",               accounts_retrieve },
    { "POST",   "/v1/accounts/{account}",               accounts_update },
    { "POST",   "/v1/accounts/{account}/login_links",   account_links_create_login },
    { "POST",   "/v1/accounts/{account}/reject",        accounts_reject },

    { "GET",    "/v1/balance",                          balance_retrieve },
    { "GET",    "/v1/balance_settings",                 balance_settings_retrieve },
    { "POST",   "/v1/balance_settings",                 balance_settings_update },
    { "GET",    "/v1/balance_transactions",             balance_transactions_list },
    { "GET",    "/v1/balance_transactions/{id}",        balance_transactions_retrieve },

    { "GET",    "/v1/charges",                          charges_list },
    { "GET",    "/v1/charges/{charge}",                 charges_retrieve },
    { "POST",   "/v1/charges/{charge}",                 charges_update },

    { "POST",   "/v1/checkout/sessions",                checkout_sessions_create },
    { "GET",    "/v1/checkout/sessions",                checkout_sessions_list },
    { "GET",    "/v1/checkout/sessions/{session}",      checkout_sessions_retrieve },
    { "POST",   "/v1/checkout/sessions/{session}/expire", checkout_sessions_expire },

    { "POST",   "/v1/customers",                        customers_create },
    { "GET",    "/v1/customers",                        customers_list },
    { "GET",    "/v1/customers/{customer}",             customers_retrieve },
    { "POST",   "/v1/customers/{customer}",             customers_update },
    { "DELETE", "/v1/customers/{customer}",             customers_delete },

    { "GET",    "/v1/disputes",                         disputes_list },
    { "GET",    "/v1/disputes/{dispute}",               disputes_retrieve },
    { "POST",   "/v1/disputes/{dispute}",               disputes_update },
    { "POST",   "/v1/disputes/{dispute}/close",         disputes_close },

    { "GET",    "/v1/events",                           events_list },
    { "GET",    "/v1/events/{id}",                      events_retrieve },

    { "POST",   "/v1/payment_intents",                  payment_intents_create },
    { "GET",    "/v1/payment_intents",                  payment_intents_list },
    { "GET",    "/v1/payment_intents/{intent}",         payment_intents_retrieve },
    { "POST",   "/v1/payment_intents/{intent}",         payment_intents_update },
    { "POST",   "/v1/payment_intents/{intent}/confirm", payment_intents_confirm },
    { "POST",   "/v1/payment_intents/{intent}/cancel",  payment_intents_cancel },
    { "POST",   "/v1/payment_intents/{intent}/capture", payment_intents_capture },

    { "POST",   "/v1/payment_methods",                  payment_methods_create },
    { "GET",    "/v1/payment_methods/{payment_method}", payment_methods_retrieve },

    { "POST",   "/v1/payouts",                          payouts_create },
    { "GET",    "/v1/payouts",                          payouts_list },
    { "GET",    "/v1/payouts/{payout}",                 payouts_retrieve },
    { "POST",   "/v1/payouts/{payout}/cancel",          payouts_cancel },

    { "POST",   "/v1/refunds",                          refunds_create },
    { "GET",    "/v1/refunds",                          refunds_list },
    { "GET",    "/v1/refunds/{refund}",                 refunds_retrieve },
    { "POST",   "/v1/refunds/{refund}",                 refunds_update },
    { "POST",   "/v1/refunds/{refund}/cancel",          refunds_cancel },

    { "POST",   "/v1/transfers",                        transfers_create },
    { "GET",    "/v1/transfers",                        transfers_list },
    { "GET",    "/v1/transfers/{transfer}",             transfers_retrieve },
    { "POST",   "/v1/transfers/{transfer}",             transfers_update },
    { "POST",   "/v1/transfers/{id}/reversals",         reversals_create },
    { "GET",    "/v1/transfers/{id}/reversals",         reversals_list },
    { "GET",    "/v1/transfers/{transfer}/reversals/{id}", reversals_retrieve },

    { "POST",   "/v1/webhook_endpoints",                webhook_endpoints_create },
    { "GET",    "/v1/webhook_endpoints",                webhook_endpoints_list },
    { "GET",    "/v1/webhook_endpoints/{webhook_endpoint}", webhook_endpoints_retrieve },
    { "POST",   "/v1/webhook_endpoints/{webhook_endpoint}", webhook_endpoints_update },
    { "DELETE", "/v1/webhook_endpoints/{webhook_endpoint}", webhook_endpoints_delete },
};
/* clang-format on */

/* A {place} takes one segment that is not empty. */
static bool matches(
    struct arena *a, const char *template, const char *path, const char *ids[2])
{
    size_t places = 0;
    while (*template != '\0' && *path != '\0') {
        if (*template != '{') {
            if (*template ++ != *path++)
                return false;
            continue;
        }
        size_t n = strcspn(path, "/");
        if (n == 0 || places == 2)
            return false;
        ids[places++] = arena_strndup(a, path, n);
        template += strcspn(template, "}") + 1;
        path += n;
    }
    return *template == '\0' && *path == '\0';
}

const struct route *routes_find(
    struct arena *a, const char *method, const char *path, const char *ids[2])
{
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        if (text_is(routes[i].method, method) &&
            matches(a, routes[i].template, path, ids))
            return &routes[i];
    return NULL;
}

void routes_check(struct spec *spec)
{
    for (size_t i = 0; i < COUNT_OF(routes); i++)
        CHECK(spec_params(spec, routes[i].method, routes[i].template) != NULL);
}
