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

/* Somebody with our key sends the host a dollar, and we hear of it. BOOKING_UID NULL:
 * our booking's. */
static void send_a_dollar(const char *app, const char *uid, const char *booking_uid)
{
    struct payment p = money_payment(&m);
    struct booking b;
    ck_assert(bookings_get(m.c, m.booking_id, &b) == OK);
    const char *form = ctx_printf(m.c,
        "amount=100&currency=usd&destination=%s&source_transaction=%s"
        "&metadata[app]=%s&metadata[transfer_uid]=%s&metadata[booking_uid]=%s",
        m.account_id, p.charge_id, app, uid, booking_uid == NULL ? b.uid : booking_uid);
    ck_assert(
        stripe_box_call(&m.box, "POST", "/v1/transfers", form).outcome == STRIPE_OK);
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

START_TEST(one_that_was_made_twice_is_for_a_person)
{
    char uid[64];
    pay_the_host();
    struct transfer *rows;
    size_t n;
    money_act(&m, 0);
    ck_assert(transfers_of_booking(m.c, m.booking_id, &rows, &n) == OK && n == 1);
    snprintf(uid, sizeof uid, "%s", rows[0].uid);
    send_a_dollar("prep", uid, NULL);
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'transfer.unknown'"), 1);
    ck_assert_int_eq(
        money_count(&m, "notices WHERE text LIKE '% was made twice: tr_%'"), 1);
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

/* The call is made, its answer is lost, and a bank warns us. */
START_TEST(what_was_frozen_while_it_was_under_way_is_asked_back_and_held)
{
    money_after_the_end(&m, DAY_S);
    for (int i = 0; i < 2; i++) {
        money_act(&m, 0);
        ck_assert(visits_advance(m.c, m.booking_id) == OK);
    }
    money_act(&m, 0);
    ck_assert(transfers_claim(m.c, 1) == OK);
    money_act(&m, 0);
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
    tcase_add_test(tc, one_of_another_shop_or_of_no_booking_changes_nothing);
    tcase_add_test(tc, what_was_frozen_while_it_was_under_way_is_asked_back_and_held);
    suite_add_tcase(s, tc);
}
