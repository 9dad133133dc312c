/* What becomes of a transfer at Stripe, where it is not what we asked for. */
#include <stdio.h>

#include "domain/freezes.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "support/money.h"
#include "unit.h"

enum { DAY_S = 86400 };

static struct money m;

static void set_up(void)
{
    money_open(&m);
}

static void tear_down(void)
{
    money_close(&m);
}

static void pay_the_host(void)
{
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
}

/* A call of somebody with our key; of what it made, the id. */
static const char *call(const char *path, const char *form)
{
    static char id[64];
    struct stripe_reply reply = stripe_box_call(&m.box, "POST", path, form);
    ck_assert_msg(reply.outcome == STRIPE_OK, "%s", reply.error.message);
    snprintf(id, sizeof id, "%s", json_text(reply.object, "id"));
    return id;
}

/* Somebody with our key sends the host a dollar, and we hear of it. BOOKING_UID NULL:
 * our booking's. */
static const char *send_a_dollar(
    const char *app, const char *uid, const char *booking_uid)
{
    struct payment p = money_payment(&m);
    struct booking b;
    ck_assert(bookings_get(m.c, m.booking_id, &b) == OK);
    const char *form = ctx_printf(m.c,
        "amount=100&currency=usd&destination=%s&source_transaction=%s"
        "&metadata[app]=%s&metadata[transfer_uid]=%s&metadata[booking_uid]=%s",
        m.account_id, p.charge_id, app, uid, booking_uid == NULL ? b.uid : booking_uid);
    const char *id = call("/v1/transfers", form);
    money_listen(&m);
    return id;
}

/* Somebody takes CENTS of a transfer back in Stripe's dashboard, and we hear of it. */
static void take_back(const char *transfer_id, int64_t cents)
{
    money_act(&m, 0);
    call(ctx_printf(m.c, "/v1/transfers/%s/reversals", transfer_id),
        ctx_printf(m.c, "amount=%lld", (long long)cents));
    money_listen(&m);
}

START_TEST(while_our_balance_is_too_low_it_waits_and_staff_is_told)
{
    money_drain(&m);
    money_after_the_end(&m, 60);
    money_run(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE transfers SET unlinked = 1"); /* from our balance */
    money_later(&m, DAY_S);
    money_run(&m);
    ck_assert_int_ge(money_count(&m, "notices WHERE kind = 'transfer' AND text LIKE"
                                     " '% waits, our balance is too low: %'"),
        1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'scheduled'"
                                     " AND claimed_at IS NULL AND reason <> ''"),
        1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
    money_book(&m, 14);
    money_later(&m, 4 * DAY_S); /* what was paid for it is available */
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    money_check(&m);
}
END_TEST

START_TEST(one_that_we_do_not_know_gets_a_row_and_what_was_too_much_is_asked_back)
{
    pay_the_host();
    send_a_dollar("prep", "lost", NULL);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE uid = 'lost' AND attempt = 2"
                                     " AND state = 'reversed' AND amount_cents = 100"),
        1);
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    money_check(&m);
}
END_TEST

/* What is known of the one that was made twice: its two pieces of news. */
static void check_told_once(void)
{
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'transfer.unknown'"), 1);
    ck_assert_int_eq(
        money_count(&m, "notices WHERE text LIKE '% was made twice: tr_%'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}

START_TEST(one_that_was_made_twice_is_for_a_person)
{
    char uid[64], ours[64], twice[64];
    pay_the_host();
    struct transfer *rows;
    size_t n;
    money_act(&m, 0);
    ck_assert(transfers_of_booking(m.c, m.booking_id, &rows, &n) == OK && n == 1);
    snprintf(uid, sizeof uid, "%s", rows[0].uid);
    snprintf(ours, sizeof ours, "%s", rows[0].transfer_id);
    snprintf(twice, sizeof twice, "%s", send_a_dollar("prep", uid, NULL));
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    check_told_once();
    take_back(twice, 40); /* somebody mends it, in two steps */
    ck_assert_int_eq(money_count(&m, "reversals"), 0);
    ck_assert_int_eq(money_count(&m, "transfers WHERE reversed_cents > 0"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    take_back(ours, MONEY_HOST); /* and ours is reversed before the second of them */
    take_back(twice, 60);
    ck_assert_int_eq(money_count(&m, "reversals"), 1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'reversed'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
    check_told_once();
}
END_TEST

START_TEST(what_was_made_twice_and_its_reversal_are_differences_for_a_person)
{
    char uid[64], twice[64];
    pay_the_host();
    struct transfer t;
    money_act(&m, 0);
    ck_assert(transfers_newest(m.c, m.booking_id, &t) == OK);
    snprintf(uid, sizeof uid, "%s", t.uid);
    snprintf(twice, sizeof twice, "%s", send_a_dollar("prep", uid, NULL));
    money_look_later(&m);
    ck_assert_int_eq(money_count(&m, "differences WHERE kind = 'not_in_books'"), 1);
    ck_assert_int_eq(money_count(&m, "differences WHERE kind = 'balance'"), 1);
    take_back(twice, 100);
    money_look_later(&m);
    ck_assert_int_eq(money_count(&m, "differences WHERE kind = 'not_in_books'"
                                     " AND closed_at IS NULL"),
        2);
    ck_assert_int_eq(money_count(&m, "differences WHERE closed_at IS NULL"), 2);
    ck_assert_int_eq(
        money_count(&m, "ledger WHERE kind IN ('transfer', 'reversal')"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    check_told_once();
    money_check(&m);
}
END_TEST

START_TEST(one_of_another_shop_or_of_no_booking_changes_nothing)
{
    pay_the_host();
    send_a_dollar("other", "theirs", NULL);
    send_a_dollar("prep", "theirs", "nobodys");
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'transfer'"), 1);
    ck_assert_int_eq(
        money_count(&m, "stripe_events WHERE type = 'transfer.created'"), 3);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

/* The booking is over, and its transfer claimed; its call is not made yet. */
static void claim_the_transfer(void)
{
    money_after_the_end(&m, DAY_S);
    for (int i = 0; i < 2; i++) {
        money_act(&m, 0);
        ck_assert(visits_advance(m.c, m.booking_id) == OK);
    }
    money_act(&m, 0);
    ck_assert(transfers_claim(m.c, 1) == OK);
    money_act(&m, 0);
}

START_TEST(one_of_an_earlier_claim_has_its_own_amount_and_is_not_made_again)
{
    char uid[64];
    claim_the_transfer();
    struct booking b = money_booking(&m);
    struct transfer t;
    ck_assert(transfers_newest(m.c, b.id, &t) == OK && t.claimed_at != 0);
    snprintf(uid, sizeof uid, "%s", t.uid);
    send_a_dollar("prep", uid, NULL);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'sent' AND amount_cents = 100"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 100 - MONEY_HOST);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'transfer.unknown'"), 0);
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    money_check(&m);
}
END_TEST

/* The call is made, its answer is lost, and a bank warns us. */
START_TEST(what_was_frozen_while_it_was_under_way_is_asked_back_and_held)
{
    claim_the_transfer();
    stripe_box_fault(&m.box, "POST /v1/transfers", "reset_mid_body", 1);
    money_calls(&m);
    struct booking b = money_booking(&m);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(freezes_set(m.c, &b, FREEZE_WARNING, "issfr_1", true) == OK);
    ck_assert(db_commit(m.c->db) == OK);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'scheduled'"
                                     " AND claimed_at IS NOT NULL"),
        1);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'succeeded' AND reason ="
                                     " '" TRANSFERS_FROZEN_MEANWHILE "'"),
        1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE attempt = 2 AND state = 'held'"
                                     " AND held_for = 'freeze'"),
        1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
    money_check(&m);
}
END_TEST

void unit_domain_transfers_apply(Suite *s)
{
    TCase *tc = tcase_create("transfers at Stripe");
    if (stripe_box_missing("transfers at Stripe"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, while_our_balance_is_too_low_it_waits_and_staff_is_told);
    tcase_add_test(
        tc, one_that_we_do_not_know_gets_a_row_and_what_was_too_much_is_asked_back);
    tcase_add_test(tc, one_that_was_made_twice_is_for_a_person);
    tcase_add_test(
        tc, what_was_made_twice_and_its_reversal_are_differences_for_a_person);
    tcase_add_test(tc, one_of_another_shop_or_of_no_booking_changes_nothing);
    tcase_add_test(
        tc, one_of_an_earlier_claim_has_its_own_amount_and_is_not_made_again);
    tcase_add_test(tc, what_was_frozen_while_it_was_under_way_is_asked_back_and_held);
    suite_add_tcase(s, tc);
}
