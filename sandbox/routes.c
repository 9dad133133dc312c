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

/* Under a route: what the description allows and the sandbox leaves out. */
/* clang-format off */
static const struct route routes[] = {
    { "POST",   "/v1/account_links",                    account_links_create },

    { "POST",   "/v1/accounts",                         accounts_create,
        "account_token external_account groups settings tos_acceptance" },
    { "GET",    "/v1/accounts",                         accounts_list },
    { "GET",    "/v1/accounts/{account}",               accounts_retrieve },
    { "POST",   "/v1/accounts/{account}",               accounts_update,
        "account_token external_account groups settings tos_acceptance" },
    { "POST",   "/v1/accounts/{account}/login_links",   account_links_create_login },
    { "POST",   "/v1/accounts/{account}/reject",        accounts_reject },

    { "GET",    "/v1/balance",                          balance_retrieve },
    { "GET",    "/v1/balance_settings",                 balance_settings_retrieve },
    { "POST",   "/v1/balance_settings",                 balance_settings_update },
    { "GET",    "/v1/balance_transactions",             balance_transactions_list },
    { "GET",    "/v1/balance_transactions/{id}",        balance_transactions_retrieve },

    { "GET",    "/v1/charges",                          charges_list },
    { "GET",    "/v1/charges/{charge}",                 charges_retrieve },
    { "POST",   "/v1/charges/{charge}",                 charges_update,
        "customer" },

    { "POST",   "/v1/checkout/sessions",                checkout_sessions_create,
        "adaptive_pricing after_expiration allow_promotion_codes automatic_tax "
        "branding_settings consent_collection currency custom_fields custom_text "
        "customer_account customer_creation customer_update discounts "
        "excluded_payment_method_types integration_identifier managed_payments "
        "name_collection optional_items origin_context payment_method_collection "
        "payment_method_configuration payment_method_data payment_method_options "
        "permissions phone_number_collection redirect_on_completion return_url "
        "saved_payment_method_options setup_intent_data "
        "shipping_address_collection shipping_options tax_id_collection "
        "wallet_options" },
    { "GET",    "/v1/checkout/sessions",                checkout_sessions_list,
        "customer_account customer_details payment_link subscription" },
    { "GET",    "/v1/checkout/sessions/{session}",      checkout_sessions_retrieve },
    { "POST",   "/v1/checkout/sessions/{session}/expire", checkout_sessions_expire },

    { "POST",   "/v1/customers",                        customers_create,
        "cash_balance invoice_prefix invoice_settings next_invoice_sequence "
        "payment_method source tax test_clock" },
    { "GET",    "/v1/customers",                        customers_list,
        "test_clock" },
    { "GET",    "/v1/customers/{customer}",             customers_retrieve },
    { "POST",   "/v1/customers/{customer}",             customers_update,
        "cash_balance default_source invoice_prefix invoice_settings "
        "next_invoice_sequence source tax" },
    { "DELETE", "/v1/customers/{customer}",             customers_delete },

    { "GET",    "/v1/disputes",                         disputes_list },
    { "GET",    "/v1/disputes/{dispute}",               disputes_retrieve },
    { "POST",   "/v1/disputes/{dispute}",               disputes_update },
    { "POST",   "/v1/disputes/{dispute}/close",         disputes_close },

    { "GET",    "/v1/events",                           events_list,
        "delivery_success" },
    { "GET",    "/v1/events/{id}",                      events_retrieve },

    { "POST",   "/v1/payment_intents",                  payment_intents_create,
        "application_fee_amount confirmation_token customer_account "
        "error_on_requires_action mandate off_session on_behalf_of "
        "payment_method_options radar_options transfer_data" },
    { "GET",    "/v1/payment_intents",                  payment_intents_list,
        "customer_account" },
    { "GET",    "/v1/payment_intents/{intent}",         payment_intents_retrieve },
    { "POST",   "/v1/payment_intents/{intent}",         payment_intents_update,
        "application_fee_amount customer_account payment_method_options "
        "transfer_data" },
    { "POST",   "/v1/payment_intents/{intent}/confirm", payment_intents_confirm,
        "amount_to_confirm capture_method confirmation_token "
        "error_on_requires_action mandate off_session payment_method_options "
        "radar_options setup_future_usage shipping" },
    { "POST",   "/v1/payment_intents/{intent}/cancel",  payment_intents_cancel },
    { "POST",   "/v1/payment_intents/{intent}/capture", payment_intents_capture },

    { "POST",   "/v1/payment_methods",                  payment_methods_create,
        "allow_redisplay custom customer payment_method radar_options" },
    { "GET",    "/v1/payment_methods/{payment_method}", payment_methods_retrieve },

    { "POST",   "/v1/payouts",                          payouts_create,
        "payout_method source_type" },
    { "GET",    "/v1/payouts",                          payouts_list,
        "arrival_date" },
    { "GET",    "/v1/payouts/{payout}",                 payouts_retrieve },
    { "POST",   "/v1/payouts/{payout}/cancel",          payouts_cancel },

    { "POST",   "/v1/refunds",                          refunds_create,
        "currency customer instructions_email origin" },
    { "GET",    "/v1/refunds",                          refunds_list },
    { "GET",    "/v1/refunds/{refund}",                 refunds_retrieve },
    { "POST",   "/v1/refunds/{refund}",                 refunds_update },
    { "POST",   "/v1/refunds/{refund}/cancel",          refunds_cancel },

    { "POST",   "/v1/transfers",                        transfers_create,
        "source_type" },
    { "GET",    "/v1/transfers",                        transfers_list },
    { "GET",    "/v1/transfers/{transfer}",             transfers_retrieve },
    { "POST",   "/v1/transfers/{transfer}",             transfers_update },
    { "POST",   "/v1/transfers/{id}/reversals",         reversals_create,
        "refund_application_fee" },
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

/* True if NAME is one of the words of LIST, which may be NULL. */
static bool is_word_of(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p != NULL && (p = strstr(p, name)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

enum result routes_refuse_left_out(struct call *c, const struct route *route)
{
    value_each(e, c->params)
    {
        if (is_word_of(route->left_out, e->key))
            return call_invalid(
                c, NULL, e->key, "The sandbox does not support %s.", e->key);
    }
    return OK;
}

static void check_words(const struct value *schema, const char *list)
{
    size_t words = list == NULL ? 0 : 1, known = 0;
    for (const char *p = list; p != NULL && *p != '\0'; p++)
        words += *p == ' ';
    value_each(e, value_member(schema, "properties"))
    {
        known += is_word_of(list, e->key);
    }
    CHECK(known == words);
}

void routes_check(struct spec *spec)
{
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        const struct value *schema =
            spec_params(spec, routes[i].method, routes[i].template);
        CHECK(schema != NULL);
        check_words(schema, routes[i].left_out);
    }
}
