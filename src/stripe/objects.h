/* What Stripe's objects say, as fixed structs with only the fields that are used.
 * Texts point into the JSON's arena and are never NULL: what is absent or null is
 * "". An object that may be a reference or the thing itself (latest_charge with
 * expand) is given by its id. Readers return R_INVALID when the JSON is NULL, of
 * another type, or lacks a field that the type always has.
 *
 * Metadata of ours: `app` is "prep" on everything we make; `booking_uid`,
 * `attempt`, `refund_uid`, `transfer_uid`, `reversal_uid` name our own rows. */
#ifndef STRIPE_OBJECTS_H
#define STRIPE_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/json.h"
#include "util/money.h"
#include "util/result.h"

struct stripe_error {
    const char *type; /* "card_error", "invalid_request_error", ... */
    const char *code, *param;
    const char *message; /* for the person, if type is card_error */
};

struct stripe_intent {
    const char *id;
    const char *status; /* requires_payment_method, requires_confirmation,
                           requires_action, processing, requires_capture, canceled,
                           succeeded */
    struct cents amount, amount_received;
    const char *currency;
    const char *client_secret; /* never log it */
    const char *charge_id;
    const char *app, *booking_uid, *attempt;
    struct stripe_error last_error;
    bool livemode;
};

struct stripe_session { /* checkout.session */
    const char *id;
    const char *url;       /* "" once it is over */
    const char *status;    /* open, complete, expired */
    const char *intent_id; /* "" until somebody pays */
    const char *app;
};

struct stripe_account {
    const char *id;
    const char *transfers; /* capability: active, pending, inactive, "" */
    bool payouts_enabled;
    const char *disabled_reason;
    const struct json *currently_due, *past_due; /* texts: "individual.dob.day"; NULL */
    int64_t deadline_at;                         /* 0: none */
};

struct stripe_account_link {
    const char *url;
};

struct stripe_customer {
    const char *id;
};

struct stripe_refund {
    const char *id;
    const char *status; /* pending, requires_action, succeeded, failed, canceled */
    struct cents amount;
    const char *intent_id;
    const char *movement_id; /* balance_transaction; "": no money has moved yet */
    const char *failure_reason;
    const char *refund_uid;
};

struct stripe_transfer {
    const char *id;
    struct cents amount;
    const char *app, *transfer_uid, *booking_uid;
    const struct json *reversals; /* the list's data: stripe_read_reversal; or NULL */
};

struct stripe_reversal { /* transfer_reversal */
    const char *id;
    struct cents amount;
    const char *reversal_uid;
};

struct stripe_dispute {
    const char *id;
    const char *status; /* warning_..., needs_response, under_review, won, lost, ... */
    const char *reason;
    struct cents amount; /* may be more than the charge */
    const char *intent_id;
    int64_t due_by, submissions, created_at; /* due_by 0: no evidence is wanted */
    bool livemode;
    const struct json *movements; /* balance_transactions: stripe_read_movement */
};

struct stripe_movement { /* balance_transaction */
    const char *id, *type, *source_id;
    struct cents amount, fee;
    const char *currency;
    int64_t created_at;
};

struct stripe_event {
    const char *id;      /* evt_... */
    const char *type;    /* "payment_intent.succeeded" */
    const char *account; /* acct_... of a connected account's event */
    const char *api_version;
    int64_t created_at;
    bool livemode;
    const char *object_id;
    const struct json *object; /* data.object, for the reader of its type */
};

enum result stripe_read_intent(const struct json *j, struct stripe_intent *out);
enum result stripe_read_session(const struct json *j, struct stripe_session *out);
enum result stripe_read_account(const struct json *j, struct stripe_account *out);
enum result stripe_read_account_link(
    const struct json *j, struct stripe_account_link *out);
enum result stripe_read_customer(const struct json *j, struct stripe_customer *out);
enum result stripe_read_refund(const struct json *j, struct stripe_refund *out);
enum result stripe_read_transfer(const struct json *j, struct stripe_transfer *out);
enum result stripe_read_reversal(const struct json *j, struct stripe_reversal *out);
enum result stripe_read_dispute(const struct json *j, struct stripe_dispute *out);
enum result stripe_read_movement(const struct json *j, struct stripe_movement *out);
enum result stripe_read_event(const struct json *j, struct stripe_event *out);

/* The error of an answer's body ({"error": {...}}); J may be NULL or anything, what
 * is not there is "". */
void stripe_read_error(const struct json *j, struct stripe_error *out);

#endif
