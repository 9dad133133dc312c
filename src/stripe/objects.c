#include "stripe/objects.h"

#include "util/text.h"

static const char *text(const struct json *j, const char *path)
{
    const char *s = json_text(j, path);
    return s == NULL ? "" : s;
}

/* The id of what may stand there as an id or as the whole object. */
static const char *reference(const struct json *j, const char *path)
{
    const struct json *found = json_get(j, path);
    return found != NULL && found->kind == JSON_OBJECT ? text(found, "id")
                                                       : text(found, "");
}

static bool flag(const struct json *j, const char *path)
{
    bool truth = false;
    return json_bool(j, path, &truth) && truth;
}

static int64_t number(const struct json *j, const char *path)
{
    int64_t n = 0;
    return json_int(j, path, &n) ? n : 0;
}

static bool is_a(const struct json *j, const char *type)
{
    return text_is(json_text(j, "object"), type) && !text_empty(json_text(j, "id"));
}

static void read_error(const struct json *e, struct stripe_error *out)
{
    *out = (struct stripe_error) {
        .type = text(e, "type"),
        .code = text(e, "code"),
        .param = text(e, "param"),
        .message = text(e, "message"),
    };
}

void stripe_read_error(const struct json *j, struct stripe_error *out)
{
    read_error(json_get(j, "error"), out);
}

enum result stripe_read_intent(const struct json *j, struct stripe_intent *out)
{
    *out = (struct stripe_intent) {
        .id = text(j, "id"),
        .status = text(j, "status"),
        .amount_received = cents_of(number(j, "amount_received")),
        .currency = text(j, "currency"),
        .client_secret = text(j, "client_secret"),
        .charge_id = reference(j, "latest_charge"),
        .app = text(j, "metadata.app"),
        .booking_uid = text(j, "metadata.booking_uid"),
        .attempt = text(j, "metadata.attempt"),
    };
    read_error(json_get(j, "last_payment_error"), &out->last_error);
    bool whole = is_a(j, "payment_intent") && out->status[0] != '\0' &&
                 out->currency[0] != '\0' && json_int(j, "amount", &out->amount.n) &&
                 json_bool(j, "livemode", &out->livemode);
    return whole ? OK : R_INVALID;
}

enum result stripe_read_session(const struct json *j, struct stripe_session *out)
{
    *out = (struct stripe_session) {
        .id = text(j, "id"),
        .url = text(j, "url"),
        .status = text(j, "status"),
        .intent_id = reference(j, "payment_intent"),
        .app = text(j, "metadata.app"),
    };
    bool livemode;
    bool whole = is_a(j, "checkout.session") && text(j, "payment_status")[0] != '\0' &&
                 json_bool(j, "livemode", &livemode);
    return whole ? OK : R_INVALID;
}

enum result stripe_read_account(const struct json *j, struct stripe_account *out)
{
    *out = (struct stripe_account) {
        .id = text(j, "id"),
        .transfers = text(j, "capabilities.transfers"),
        .payouts_enabled = flag(j, "payouts_enabled"),
        .disabled_reason = text(j, "requirements.disabled_reason"),
        .currently_due = json_get(j, "requirements.currently_due"),
        .past_due = json_get(j, "requirements.past_due"),
        .deadline_at = number(j, "requirements.current_deadline"),
    };
    return is_a(j, "account") ? OK : R_INVALID;
}

enum result stripe_read_account_link(
    const struct json *j, struct stripe_account_link *out)
{
    *out = (struct stripe_account_link) {
        .url = text(j, "url"),
    };
    bool link = text_is(json_text(j, "object"), "account_link") ||
                text_is(json_text(j, "object"), "login_link");
    return link && out->url[0] != '\0' ? OK : R_INVALID;
}

enum result stripe_read_customer(const struct json *j, struct stripe_customer *out)
{
    *out = (struct stripe_customer) {
        .id = text(j, "id"),
    };
    return is_a(j, "customer") && !flag(j, "deleted") ? OK : R_INVALID;
}

enum result stripe_read_refund(const struct json *j, struct stripe_refund *out)
{
    *out = (struct stripe_refund) {
        .id = text(j, "id"),
        .status = text(j, "status"),
        .intent_id = reference(j, "payment_intent"),
        .movement_id = reference(j, "balance_transaction"),
        .failure_reason = text(j, "failure_reason"),
        .refund_uid = text(j, "metadata.refund_uid"),
    };
    return is_a(j, "refund") && json_int(j, "amount", &out->amount.n) ? OK : R_INVALID;
}

enum result stripe_read_transfer(const struct json *j, struct stripe_transfer *out)
{
    *out = (struct stripe_transfer) {
        .id = text(j, "id"),
        .app = text(j, "metadata.app"),
        .transfer_uid = text(j, "metadata.transfer_uid"),
        .booking_uid = text(j, "metadata.booking_uid"),
        .reversals = json_get(j, "reversals.data"),
    };
    return is_a(j, "transfer") && json_int(j, "amount", &out->amount.n) ? OK
                                                                        : R_INVALID;
}

enum result stripe_read_reversal(const struct json *j, struct stripe_reversal *out)
{
    *out = (struct stripe_reversal) {
        .id = text(j, "id"),
        .reversal_uid = text(j, "metadata.reversal_uid"),
    };
    bool whole = is_a(j, "transfer_reversal") && json_int(j, "amount", &out->amount.n);
    return whole ? OK : R_INVALID;
}

enum result stripe_read_dispute(const struct json *j, struct stripe_dispute *out)
{
    *out = (struct stripe_dispute) {
        .id = text(j, "id"),
        .status = text(j, "status"),
        .reason = text(j, "reason"),
        .intent_id = reference(j, "payment_intent"),
        .due_by = number(j, "evidence_details.due_by"),
        .submissions = number(j, "evidence_details.submission_count"),
        .created_at = number(j, "created"),
        .movements = json_get(j, "balance_transactions"),
    };
    bool whole = is_a(j, "dispute") && out->status[0] != '\0' &&
                 json_int(j, "amount", &out->amount.n) &&
                 json_bool(j, "livemode", &out->livemode);
    return whole ? OK : R_INVALID;
}

enum result stripe_read_movement(const struct json *j, struct stripe_movement *out)
{
    *out = (struct stripe_movement) {
        .id = text(j, "id"),
        .type = text(j, "type"),
        .source_id = reference(j, "source"),
        .fee = cents_of(number(j, "fee")),
        .currency = text(j, "currency"),
        .created_at = number(j, "created"),
    };
    bool whole = is_a(j, "balance_transaction") && out->type[0] != '\0' &&
                 json_int(j, "amount", &out->amount.n);
    return whole ? OK : R_INVALID;
}

enum result stripe_read_event(const struct json *j, struct stripe_event *out)
{
    *out = (struct stripe_event) {
        .id = text(j, "id"),
        .type = text(j, "type"),
        .account = text(j, "account"),
        .api_version = text(j, "api_version"),
        .created_at = number(j, "created"),
        .object_id = text(j, "data.object.id"),
        .object = json_get(j, "data.object"),
    };
    bool whole = is_a(j, "event") && out->type[0] != '\0' && out->object != NULL &&
                 out->object->kind == JSON_OBJECT &&
                 json_bool(j, "livemode", &out->livemode);
    return whole ? OK : R_INVALID;
}
