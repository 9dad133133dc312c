#include "cards.h"

#include <ctype.h>
#include <string.h>

#include "util/civil.h"
#include "util/guard.h"
#include "util/text.h"

enum { DIGITS_MAX = 19, EXP_YEARS_AHEAD = 50 };

#define DECLINED "Your card was declined."
#define CHALLENGE .challenge = true
#define TRY_LATER "try_again_later"
#define NEVER_AGAIN "do_not_try_again"

static const struct card cards[] = {
    { "4242424242424242", "pm_card_visa", "visa" },
    { "4000056655665556", "pm_card_visa_debit", "visa" },
    { "5555555555554444", "pm_card_mastercard", "mastercard" },
    { "378282246310005", "pm_card_amex", "amex" },
    { "4000000000000002", "pm_card_chargeDeclined", "visa", .code = "card_declined",
        .decline_code = "generic_decline", .message = DECLINED, .advice = TRY_LATER },
    { "4000000000009995", "pm_card_chargeDeclinedInsufficientFunds", "visa",
        .code = "card_declined", .decline_code = "insufficient_funds",
        .message = "Your card has insufficient funds.", .advice = TRY_LATER },
    { "4000000000009987", "pm_card_chargeDeclinedLostCard", "visa",
        .code = "card_declined", .decline_code = "lost_card", .message = DECLINED,
        .advice = NEVER_AGAIN },
    { "4000000000009979", "pm_card_chargeDeclinedStolenCard", "visa",
        .code = "card_declined", .decline_code = "stolen_card", .message = DECLINED,
        .advice = NEVER_AGAIN },
    { "4000000000000069", "pm_card_chargeDeclinedExpiredCard", "visa",
        .code = "expired_card", .message = "Your card has expired.",
        .advice = NEVER_AGAIN },
    { "4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "visa",
        .code = "incorrect_cvc", .message = "Your card's security code is incorrect.",
        .advice = "confirm_card_data" },
    { "4000000000000119", "pm_card_chargeDeclinedProcessingError", "visa",
        .code = "processing_error",
        .message =
            "An error occurred while processing your card. Try again in a little bit.",
        .advice = TRY_LATER },
    { "4000002500003155", "pm_card_authenticationRequiredOnSetup", "visa", CHALLENGE },
    { "4000002760003184", "pm_card_authenticationRequired", "visa", CHALLENGE },
    { "4000000000003220", "pm_card_threeDSecure2Required", "visa", CHALLENGE },
    { "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "visa",
        CHALLENGE, .code = "card_declined", .decline_code = "insufficient_funds",
        .message = "Your card has insufficient funds.", .advice = TRY_LATER },
    { "4000008400001629", "pm_card_threeDSecureRequiredChargeDeclined", "visa",
        CHALLENGE, .code = "card_declined", .decline_code = "generic_decline",
        .message = DECLINED, .advice = TRY_LATER },
    { "4000000000000077", "pm_card_bypassPending", "visa", .at_once = true },
    { "4000000000000259", "pm_card_createDispute", "visa", .disputed = true },
};

static const struct card *find(const char *text, bool by_token)
{
    for (size_t i = 0; text != NULL && i < COUNT_OF(cards); i++)
        if (text_is(by_token ? cards[i].token : cards[i].number, text))
            return &cards[i];
    return NULL;
}

/* The digits alone; false if there is anything but digits, blanks and hyphens. */
static bool digits_of(const char *s, char digits[DIGITS_MAX + 1])
{
    size_t n = 0;
    for (; s != NULL && *s != '\0'; s++) {
        if (*s == ' ' || *s == '-')
            continue;
        if (!isdigit((unsigned char)*s) || n == DIGITS_MAX)
            return false;
        digits[n++] = *s;
    }
    digits[n] = '\0';
    return n > 0;
}

const struct card *cards_by_number(const char *number)
{
    char digits[DIGITS_MAX + 1];
    return digits_of(number, digits) ? find(digits, false) : NULL;
}

const struct card *cards_by_token(const char *token)
{
    return find(token, true);
}

/* The check digit of ISO/IEC 7812-1, annex B. */
static bool luhn(const char *digits)
{
    int sum = 0, n = (int)strlen(digits);
    for (int i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

static enum result refuse(
    struct call *c, const char *code, const char *param, const char *message)
{
    return call_error(c, 402, "card_error", code, param, "%s", message);
}

static enum result check_number(
    struct call *c, const char *number, const struct card **card)
{
    char digits[DIGITS_MAX + 1];
    if (!digits_of(number, digits))
        return refuse(c, "invalid_number", "number",
            "The card number is not a valid credit card number.");
    *card = find(digits, false);
    if (*card != NULL)
        return OK;
    if (strlen(digits) < 13 || !luhn(digits))
        return refuse(
            c, "incorrect_number", "number", "Your card number is incorrect.");
    enum result r = refuse(c, "card_declined", NULL,
        "Your card was declined. Your request was in test mode, but used a non test "
        "card.");
    value_put_text(c->a, c->reply, "error.decline_code", "test_mode_live_card");
    return r;
}

enum result cards_check(
    struct call *c, const struct card_input *in, const struct card **card)
{
    TRY(check_number(c, in->number, card));
    if (in->exp_month < 1 || in->exp_month > 12)
        return refuse(c, "invalid_expiry_month", "exp_month",
            "Your card's expiration month is invalid.");
    int64_t year = in->exp_year < 100 ? in->exp_year + 2000 : in->exp_year;
    struct civil now = civil_of_seconds(sandbox_now(c->box));
    int64_t this_month = now.year * 12 + now.month - 1;
    if (year * 12 + in->exp_month - 1 < this_month || year > now.year + EXP_YEARS_AHEAD)
        return refuse(c, "invalid_expiry_year", "exp_year",
            "Your card's expiration year is invalid.");
    char cvc[DIGITS_MAX + 1];
    if (in->cvc != NULL &&
        (!digits_of(in->cvc, cvc) || strlen(cvc) < 3 || strlen(cvc) > 4))
        return refuse(c, "invalid_cvc", "cvc", "Your card's security code is invalid.");
    return OK;
}

enum result cards_decline(struct call *c, const struct card *card)
{
    enum result r = refuse(c, card->code, NULL, card->message);
    if (card->decline_code != NULL)
        value_put_text(c->a, c->reply, "error.decline_code", card->decline_code);
    value_put_text(c->a, c->reply, "error.advice_code", card->advice);
    return r;
}

struct object *cards_payment_method(
    struct call *c, const struct card *card, int64_t exp_month, int64_t exp_year)
{
    struct object *pm = objects_new(c, "payment_method", "pm_");
    size_t n = strlen(card->number);
    value_put_text(c->a, pm->body, "card.brand", card->brand);
    value_put_text(c->a, pm->body, "card.display_brand", card->brand);
    value_put_text(c->a, pm->body, "card.last4", card->number + n - 4);
    value_put_int(c->a, pm->body, "card.exp_month", exp_month);
    value_put_int(
        c->a, pm->body, "card.exp_year", exp_year < 100 ? exp_year + 2000 : exp_year);
    value_put_bool(
        c->a, pm->body, "card.three_d_secure_usage.supported", card->challenge);
    struct value *networks = value_array(c->a);
    value_append(networks, value_text(c->a, card->brand));
    value_put(c->a, pm->body, "card.networks.available", networks);
    value_put_text(c->a, pm->inner, "card", card->token);
    return pm;
}

const struct card *cards_of(const struct object *payment_method)
{
    const struct card *card =
        cards_by_token(value_get_text(payment_method->inner, "card"));
    CHECK(card != NULL);
    return card;
}
