#include "demo/money.h"

#include "domain/host_accounts.h"
#include "domain/payments.h"
#include "domain/transfers.h"
#include "stripe/form.h"
#include "util/guard.h"

enum { ROWS_MAX = 1000 };

static enum result open_account(struct ctx *c, int64_t host_id)
{
    const char *url;
    struct actor was = c->actor;
    c->actor = (struct actor) { .user_id = host_id,
        .role = ROLE_HOST,
        .verified = true,
        .full_name = "",
        .email = ctx_printf(c, "host%lld@demo.test", (long long)host_id) };
    enum result r = host_accounts_connect(c, &url);
    if (r == OK)
        r = host_accounts_check(c);
    c->actor = was;
    return r;
}

static const char *intent_form(struct ctx *c, const struct booking *b)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_cents(&form, "amount", b->total);
    stripe_form_text(&form, "currency", PAYMENTS_CURRENCY);
    stripe_form_text(&form, "allowed_payment_method_types[0]", "card");
    stripe_form_text(&form, "payment_method", "pm_card_visa");
    stripe_form_bool(&form, "confirm", true);
    stripe_form_text(&form, "description", b->title);
    stripe_form_text(&form, "transfer_group", b->uid);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[booking_uid]", b->uid);
    stripe_form_text(&form, "metadata[attempt]", "1");
    return stripe_ops_form(c, &form);
}

static enum result pay(struct ctx *c, const struct booking *b)
{
    struct stripe_client client;
    struct stripe_reply reply;
    struct stripe_intent intent;
    struct stripe_request request = {
        .method = "POST",
        .path = "/v1/payment_intents",
        .form = intent_form(c, b),
        .idempotency_key = ctx_printf(c, "prep-demo-%s", b->uid),
    };
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    stripe_call(&client, c->arena, &request, &reply);
    if (reply.outcome != STRIPE_OK)
        return fail(
            c, R_UPSTREAM, "The sandbox refuses a payment: %s", reply.error.message);
    TRY(stripe_read_intent(reply.object, &intent));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_DEMO_SET_PAID);
    bind_int(q, "booking_id", b->id);
    bind_text(q, "intent_id", intent.id);
    bind_text(q, "charge_id", intent.charge_id);
    TRY(query_run_one(q));
    TRY(payments_post_charge(c, &intent, b, true));
    TRY(transfers_schedule(c, b));
    return db_commit(c->db);
}

enum result demo_pay(struct ctx *c, void *arg)
{
    int64_t *ids;
    size_t n;
    CHECK(arg == NULL);
    if (!text_starts(c->conf->stripe_api_base, "http://127.0.0.1:"))
        return OK;
    TRY(query_ids(db_query(c->db, Q_DEMO_HOSTS), ROWS_MAX, &ids, &n));
    for (size_t i = 0; i < n; i++)
        TRY(open_account(c, ids[i]));
    TRY(query_ids(db_query(c->db, Q_DEMO_UNPAID), ROWS_MAX, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct booking b;
        TRY(bookings_get(c, ids[i], &b));
        TRY(pay(c, &b));
    }
    return OK;
}
