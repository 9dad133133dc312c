#include "support/paid.h"

#include <stdio.h>

#include "domain/calls.h"
#include "domain/checkout.h"
#include "domain/host_accounts.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "support/holds.h"
#include "util/guard.h"
#include "util/text.h"

struct ctx *paid_act(struct paid *p, int64_t user)
{
    return db_test_begin(&p->t, DB_WRITE, user);
}

void paid_sim(struct paid *p, const char *path, const char *form)
{
    struct stripe_reply reply = stripe_box_call(&p->box, "POST", path, form);
    if (reply.outcome != STRIPE_OK)
        fprintf(stderr, "%s %s: %s\n", path, form, reply.error.message);
    CHECK(reply.outcome == STRIPE_OK);
}

static void connect(struct paid *p)
{
    struct host_account account;
    const char *url;
    struct ctx *c = paid_act(p, p->host_id);
    CHECK(host_accounts_connect(c, &url) == OK);
    CHECK(host_accounts_get(c, &account) == OK);
    snprintf(p->account_id, sizeof p->account_id, "%s", account.account_id);
    paid_sim(p, "/_sim/act/account",
        ctx_printf(c, "account=%s&standing=active", p->account_id));
    CHECK(host_accounts_check(c) == OK);
    db_test_end(&p->t);
    db_test_exec(&p->t, "UPDATE kitchens SET bookable = 1");
}

void paid_open(struct paid *p)
{
    *p = (struct paid) { .booking_id = 0 };
    db_test_open(&p->t);
    stripe_box_open(&p->box, &p->t);
    p->admin_id = make_user(&p->t, "admin");
    p->host_id = make_user(&p->t, "host");
    p->vendor_id = make_user(&p->t, "vendor");
    p->kitchen_id = make_kitchen(&p->t, p->host_id);
    connect(p);
    CHECK(
        holds_try(&p->t, p->vendor_id, p->kitchen_id, 0, thursday(540) + p->box.shift_s,
            thursday(720) + p->box.shift_s, &p->booking_id) == OK);
    paid_act(p, 0);
}

void paid_close(struct paid *p)
{
    stripe_box_close(&p->box);
    db_test_close(&p->t);
}

void paid_later(struct paid *p, int64_t s)
{
    struct ctx *c = paid_act(p, 0);
    paid_sim(p, "/_sim/clock", ctx_printf(c, "advance=%lld", (long long)s));
    p->t.app.fixed_now_at += s;
    paid_act(p, 0);
}

enum result paid_intent(struct paid *p)
{
    const char *secret;
    struct ctx *c = paid_act(p, p->vendor_id);
    return checkout_intent(c, p->booking_id, &secret);
}

struct payment paid_payment(struct paid *p)
{
    struct payment payment;
    struct ctx *c = paid_act(p, 0);
    CHECK(payments_newest(c, p->booking_id, &payment) == OK);
    return payment;
}

void paid_pay(struct paid *p)
{
    CHECK(paid_intent(p) == OK);
    struct payment payment = paid_payment(p);
    paid_sim(p, "/_sim/act/pay",
        ctx_printf(&p->t.c, "payment_intent=%s", payment.intent_id));
    struct ctx *c = paid_act(p, p->vendor_id);
    CHECK(checkout_check(c, p->booking_id) == OK);
    CHECK(holds_state(&p->t, p->booking_id) == BOOKING_CONFIRMED);
    paid_act(p, 0);
}

void paid_calls(struct paid *p)
{
    enum { ROUNDS = 5, BATCH = 20 };
    struct stripe_client client;
    const char **uids;
    size_t n = 1;
    for (int round = 0; round < ROUNDS && n > 0; round++) {
        struct ctx *c = paid_act(p, 0);
        CHECK(stripe_ops_client(c, STRIPE_JOB_MS, &client) == OK);
        CHECK(stripe_ops_due(c, BATCH, &uids, &n) == OK);
        for (size_t i = 0; i < n; i++)
            CHECK(calls_send_due(c, &client, uids[i]) == OK);
    }
    paid_act(p, 0);
}

void paid_visit(struct paid *p)
{
    enum { DAY_S = 86400 };
    struct booking b;
    int64_t *ids;
    size_t n;
    struct ctx *c = paid_act(p, 0);
    CHECK(bookings_get(c, p->booking_id, &b) == OK);
    paid_later(p, b.end_at - p->t.app.fixed_now_at);
    c = paid_act(p, 0);
    CHECK(visits_advance(c, p->booking_id) == OK);
    paid_later(p, DAY_S);
    c = paid_act(p, 0);
    CHECK(transfers_due(c, 1, &ids, &n) == OK && n == 1);
    CHECK(transfers_claim(c, ids[0]) == OK);
    paid_act(p, 0);
}

size_t paid_count_at_stripe(struct paid *p, const char *path)
{
    struct stripe_reply reply = stripe_box_call(&p->box, "GET", path, "limit=100");
    const struct json *data = json_get(reply.object, "data");
    CHECK(data != NULL);
    return data->count;
}

int64_t paid_balance_at_stripe(struct paid *p)
{
    int64_t zero = 1, total = 0;
    struct stripe_reply reply = stripe_box_call(&p->box, "GET", "/_sim/balance", NULL);
    CHECK(json_int(reply.object, "zero", &zero) && zero == 0);
    CHECK(json_int(reply.object, "platform.total", &total));
    return total;
}
