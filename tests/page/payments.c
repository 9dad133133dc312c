/* Money as staff see it, and what an administrator does about it. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "web/routes.h"

#define VENDOR_EMAIL "vendor2@demo.test"
#define HOST_EMAIL "host@demo.test"
#define KEY "&idempotency_key=key-0123456789abcdef"

static struct site *site;
static struct browser admin, support;
static int64_t booking;

static void open_browsers(void)
{
    site = site_fresh();
    cash_load_demo(site);
    browser_open(&admin, site);
    browser_open(&support, site);
    browser_log_in_demo(&admin, "admin@demo.test");
    browser_log_in_demo(&support, "support@demo.test");
    booking = cash_booking(site, VENDOR_EMAIL, HOST_EMAIL);
}

static void close_browsers(void)
{
    browser_close(&admin);
    browser_close(&support);
    site_gone(site);
}

static const char *path(const char *before, int64_t id)
{
    static char text[128];
    snprintf(text, sizeof text, "%s%lld", before, (long long)id);
    return text;
}

/* Support sees what the administrator sees, but no button. */
static void both_see(const char *section, const char *text, const char *button)
{
    char page[64];
    snprintf(page, sizeof page, "/admin/payments?state=%s", section);
    ck_assert_int_eq(browser_get(&support, page), 200);
    ck_assert_msg(browser_shows(&support, text), "%s: no %s", section, text);
    ck_assert(!browser_shows(&support, button));
    ck_assert_int_eq(browser_get(&admin, page), 200);
    ck_assert(browser_shows(&admin, text));
    ck_assert(browser_shows(&admin, button));
}

START_TEST(the_books_are_shown_and_add_up_to_nothing)
{
    ck_assert_int_eq(browser_get(&support, "/admin/payments"), 200);
    ck_assert(browser_shows(&support, "Our balance at Stripe"));
    ck_assert(browser_shows(&support,
        "<tr class=\"is-total\"><th scope=\"row\">Together</th><td>$0.00</td>"));
    ck_assert(browser_shows(&support, "tr_demo_"));
    ck_assert(browser_shows(&support, "rel=\"next\""));
    ck_assert_int_eq(browser_get(&support, "/admin/payments?before=20"), 200);
    ck_assert(!browser_shows(&support, "rel=\"next\""));
    ck_assert_int_eq(browser_get(&support, "/admin/payments?state=nonsense"), 200);
    ck_assert(browser_shows(&support, "Our balance at Stripe"));
}
END_TEST

START_TEST(the_books_show_stripes_ids_and_none_of_ours)
{
    cash_owe(site, booking, 1, 1);
    browser_get(&admin, "/admin/payments");
    ck_assert(browser_shows(&admin, "<th scope=\"row\">Debt</th>"));
    ck_assert(!browser_shows(&admin, "by_hand_"));
    ck_assert(browser_shows(&admin, "<th scope=\"row\">Owed by hosts</th>"));
    ck_assert(browser_shows(&admin, "<th scope=\"row\">Owed to hosts</th>"));
}
END_TEST

START_TEST(a_refund_that_failed_is_tried_again_or_given_up_with_a_reason)
{
    char refund[64];
    browser_get(&admin, path("/bookings/", booking));
    snprintf(refund, sizeof refund, "/admin/bookings/%lld/refund", (long long)booking);
    ck_assert_int_eq(
        browser_post(&admin, refund, "amount=10&reason=Late+start" KEY), 303);
    cash_refund(site, booking, "failed");
    both_see("refunds", "lost_or_stolen_card", "Give up");
    int64_t id = cash_int(site, "SELECT MAX(id) FROM refunds");
    char act[64];
    snprintf(act, sizeof act, "/admin/payments/refunds/%lld", (long long)id);
    ck_assert_int_eq(browser_post(&admin, act, "act=give_up&reason="), 422);
    ck_assert(browser_shows(&admin, "Say why it is given up."));
    ck_assert_int_eq(browser_post(&admin, act, "act=burn&reason=Mist"), 422);
    ck_assert(browser_shows(&admin, "value=\"Mist\""));
    browser_get(&support, "/account");
    ck_assert_int_eq(browser_post(&support, act, "act=retry"), 403);
    ck_assert_int_eq(browser_post(&admin, act, "act=retry"), 303);
    browser_get(&admin, admin.location);
    ck_assert(browser_shows(&admin, "No refund has failed."));
    browser_get(&admin, "/account");
    ck_assert_int_eq(browser_post(&admin, act, "act=retry"), 409);
    cash_refund(site, booking, "failed");
    browser_get(&admin, "/admin/payments?state=refunds");
    id = cash_int(site, "SELECT MAX(id) FROM refunds");
    ck_assert_int_eq(browser_post(&admin, path("/admin/payments/refunds/", id),
                         "act=give_up&reason=Paid+in+cash"),
        303);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM refunds WHERE state <> 'canceled'"), 0);
}
END_TEST

START_TEST(a_transfer_that_stripe_refuses_is_tried_again)
{
    cash_pass(site, booking, false);
    browser_log_in_demo(&admin, "admin@demo.test");
    browser_log_in_demo(&support, "support@demo.test");
    cash_int(site, "UPDATE transfers SET state = 'failed', held_for = '', "
                   "reason = 'No such currency' WHERE state = 'held'");
    both_see("transfers", "No such currency", "Try again");
    int64_t id = cash_int(site, "SELECT id FROM transfers WHERE state = 'failed'");
    const char *act = path("/admin/payments/transfers/", id);
    ck_assert_int_eq(browser_post(&admin, act, ""), 303);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM transfers WHERE state = 'failed'"), 0);
    browser_get(&admin, "/account");
    ck_assert_int_eq(browser_post(&admin, act, ""), 409);
}
END_TEST

START_TEST(a_warning_of_fraud_is_released_by_an_administrator)
{
    cash_warning(site, booking, "issfr_1");
    both_see("warnings", "issfr_1", "Release");
    char number[64];
    snprintf(number, sizeof number, ">Booking %lld, ", (long long)booking);
    ck_assert(browser_shows(&admin, number));
    browser_get(&support, "/account");
    ck_assert_int_eq(
        browser_post(&support, "/admin/payments/warnings/issfr_1", ""), 403);
    ck_assert_int_eq(browser_post(&admin, "/admin/payments/warnings/issfr_1", ""), 303);
    browser_get(&admin, admin.location);
    ck_assert(browser_shows(&admin, "Nothing is held"));
    browser_get(&admin, "/account");
    ck_assert_int_eq(browser_post(&admin, "/admin/payments/warnings/issfr_1", ""), 404);
}
END_TEST

START_TEST(a_dispute_has_its_page_and_one_answer)
{
    char form[8192] = "text=";
    cash_dispute(site, booking, "dp_9", "needs_response");
    browser_get(&admin, "/admin/payments?state=disputes");
    ck_assert(browser_shows(&admin, "/admin/disputes/dp_9"));
    ck_assert(browser_shows(&admin, "Waits for our answer"));
    ck_assert(browser_shows(&admin, "The cardholder did not pay it himself"));
    ck_assert_int_eq(browser_get(&support, "/admin/disputes/dp_9"), 200);
    ck_assert(!browser_shows(&support, "Send it to the bank"));
    ck_assert_int_eq(browser_get(&admin, "/admin/disputes/dp_9"), 200);
    ck_assert(browser_shows(&admin, "The cardholder did not pay it himself"));
    ck_assert(browser_shows(&admin, "Omar Haddad")); /* the draft */
    ck_assert_int_eq(browser_post(&admin, "/admin/disputes/dp_9", form), 422);
    memset(form + 5, 'x', 5001);
    ck_assert_int_eq(browser_post(&admin, "/admin/disputes/dp_9", form), 422);
    ck_assert_int_eq(
        browser_post(&admin, "/admin/disputes/dp_9", "text=He+used+the+door+code."),
        303);
    browser_get(&admin, admin.location);
    ck_assert(browser_shows(&admin, "He used the door code."));
    ck_assert(browser_shows(&admin, "On its way to Stripe"));
    ck_assert(!browser_shows(&admin, "Send it to the bank"));
    ck_assert_int_eq(browser_get(&admin, "/admin/disputes/none"), 404);
    browser_get(&support, "/account");
    ck_assert_int_eq(browser_post(&support, "/admin/disputes/dp_9", "text=x"), 403);
}
END_TEST

START_TEST(calls_that_do_not_end_say_what_stripe_said)
{
    cash_int(site, "INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, "
                   "path, body, state, next_at, tries, http_status, err_message, "
                   "stripe_request_id, created_at) VALUES ('op1', 'xfer', 'none', 1, "
                   "'k1', '/v1/transfers', '', 'review', 0, 7, 400, 'Keys differ', "
                   "'req_42', 1795000000)");
    both_see("calls", "HTTP 400: Keys differ", "Try safely");
    ck_assert(browser_shows(&admin, "req_42"));
    ck_assert(browser_shows(&admin, "Transfer to a host"));
    ck_assert(browser_shows(&admin, "waits for you"));
    browser_get(&support, "/account");
    ck_assert_int_eq(browser_post(&support, "/admin/payments/calls/op1", ""), 403);
    /* this site has no key for Stripe */
    ck_assert_int_eq(browser_post(&admin, "/admin/payments/calls/op1", ""), 303);
    browser_get(&admin, admin.location);
    ck_assert(browser_shows(&admin, "is-error"));
    ck_assert(browser_shows(&admin, "Stripe cannot be reached at the moment"));
    ck_assert(browser_shows(&admin, "Try safely"));
}
END_TEST

/* The next page of a list of payments; its place is in the link. */
static void turn_page(void)
{
    char path[200];
    static const char link[] =
        "<a class=\"btn btn--quiet btn--slim\" rel=\"next\" href=\"";
    const char *at = strstr(browser_body(&admin), link);
    ck_assert_ptr_nonnull(at);
    at += strlen(link);
    size_t n = strcspn(at, "\"");
    const char *amp = strstr(at, "&amp;");
    ck_assert(amp != NULL && amp < at + n);
    snprintf(path, sizeof path, "%.*s&%.*s", (int)(amp - at), at,
        (int)(n - (size_t)(amp - at) - 5), amp + 5);
    ck_assert_int_eq(browser_get(&admin, path), 200);
    ck_assert_int_le(admin.queries, site->last_route->queries);
}

static const char *call(int i)
{
    static char text[16];
    snprintf(text, sizeof text, ">req_%03d<", i);
    return text;
}

START_TEST(stuck_calls_are_paged)
{
    for (int i = 0; i < 60; i++) /* three began in each second */
        cash_int(site,
            "INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, path, "
            "body, state, next_at, stripe_request_id, created_at) VALUES ('op%03d', "
            "'xfer', 'none%d', 1, 'k%d', '/v1/transfers', '', 'review', 0, 'req_%03d', "
            "%d)",
            i, i, i, i, 1795000000 + i / 3);
    browser_get(&admin, "/admin/payments?state=calls");
    ck_assert(browser_shows(&admin, "Stuck calls 60</a>"));
    ck_assert(browser_shows(&admin, call(0)) && browser_shows(&admin, call(49)));
    ck_assert(!browser_shows(&admin, call(50)));
    turn_page();
    ck_assert(browser_shows(&admin, call(50)) && browser_shows(&admin, call(59)));
    ck_assert(!browser_shows(&admin, call(49)));
    ck_assert(browser_shows(&admin, "rel=\"prev\""));
    ck_assert(!browser_shows(&admin, "rel=\"next\""));
}
END_TEST

START_TEST(open_disputes_are_paged_and_those_that_want_no_answer_come_last)
{
    cash_dispute(site, booking, "dp_seed", "needs_response");
    for (int i = 0; i < 60; i++)
        cash_int(site,
            "INSERT INTO disputes (dispute_id, payment_id, booking_id, amount_cents, "
            "status, reason, due_by, opened_at, updated_at) SELECT 'dp_%03d', "
            "payment_id, booking_id, 1, 'needs_response', 'general', %d, 1, 1 "
            "FROM disputes WHERE dispute_id = 'dp_seed'",
            i, i == 7 ? 0 : 1795700000 + i / 3);
    cash_int(site, "UPDATE disputes SET closed_at = 1 WHERE dispute_id = 'dp_seed'");
    browser_get(&admin, "/admin/payments?state=disputes");
    ck_assert(browser_shows(&admin, ">dp_000<") && browser_shows(&admin, ">dp_050<"));
    ck_assert(!browser_shows(&admin, ">dp_051<") && !browser_shows(&admin, ">dp_007<"));
    turn_page();
    ck_assert(browser_shows(&admin, ">dp_051<") && browser_shows(&admin, ">dp_059<"));
    ck_assert(browser_shows(&admin, ">dp_007<") && !browser_shows(&admin, ">dp_050<"));
    ck_assert(!browser_shows(&admin, "rel=\"next\""));
}
END_TEST

START_TEST(old_debts_are_marked)
{
    cash_owe(site, booking, 500, SITE_NOW_AT - 40 * 86400);
    browser_get(&admin, "/admin/payments?state=debts");
    ck_assert(browser_shows(&admin, "$5.00"));
    ck_assert(browser_shows(&admin, "over 30 days"));
    /* the old one is paid by a later transfer; another is owed since yesterday */
    cash_keep(site, booking, 500, SITE_NOW_AT - 20 * 86400);
    cash_owe(site, booking, 300, SITE_NOW_AT - 86400);
    browser_get(&admin, "/admin/payments?state=debts");
    ck_assert(browser_shows(&admin, "$3.00"));
    ck_assert(!browser_shows(&admin, "over 30 days"));
}
END_TEST

START_TEST(a_difference_is_closed_with_a_reason)
{
    cash_int(site,
        "INSERT INTO differences (kind, source_id, booking_id, detail, found_at, "
        "seen_at) VALUES ('balance', 'bal_1', %lld, 'Ours: $5.00, theirs: $4.00', 1, "
        "2)",
        (long long)booking);
    both_see("differences", "Ours: $5.00, theirs: $4.00", "Why it is in order");
    ck_assert(browser_shows(&admin, "Our balance at Stripe is another"));
    ck_assert_int_eq(
        browser_post(&admin, "/admin/payments/differences/1", "reason="), 422);
    ck_assert(browser_shows(&admin, "aria-invalid"));
    browser_get(&support, "/account");
    ck_assert_int_eq(
        browser_post(&support, "/admin/payments/differences/1", "reason=x"), 403);
    ck_assert_int_eq(
        browser_post(&admin, "/admin/payments/differences/1", "reason=Rounding"), 303);
    browser_get(&admin, admin.location);
    ck_assert(browser_shows(&admin, "Our books and Stripe's say the same."));
    browser_get(&admin, "/account");
    ck_assert_int_eq(
        browser_post(&admin, "/admin/payments/differences/1", "reason=Again"), 404);
}
END_TEST

START_TEST(a_wrong_post_from_the_second_page_of_a_list_shows_that_page_again)
{
    cash_int(site, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                   " WHERE i < 101)"
                   " INSERT INTO differences (kind, source_id, detail, found_at,"
                   " seen_at) SELECT 'amount', 'ch_' || i, 'Of ' || i || ' things.', 1,"
                   " 2 FROM n");
    browser_get(&admin, "/admin/payments?state=differences&before=50");
    ck_assert(browser_shows(&admin, "Of 51 things."));
    ck_assert(
        browser_shows(&admin, "action=\"/admin/payments/differences/51?before=50\""));
    ck_assert_int_eq(
        browser_post(&admin, "/admin/payments/differences/51?before=50", "reason="),
        422);
    ck_assert(browser_shows(&admin, "aria-invalid"));
    ck_assert(browser_shows(&admin, "Of 51 things."));
    ck_assert(!browser_shows(&admin, "Of 50 things."));
    ck_assert(browser_shows(
        &admin, "href=\"/admin/payments?state=differences&amp;before=100\""));
    ck_assert(browser_shows(&admin, "href=\"/admin/payments?state=differences\""));
}
END_TEST

START_TEST(what_a_host_is_owed_is_sent_from_the_list_of_differences)
{
    char act[64];
    cash_int(site,
        "INSERT INTO differences (kind, source_id, booking_id, detail, found_at, "
        "seen_at) VALUES ('unscheduled', 'b', %lld, 'The host is owed $5.00', 1, 2)",
        (long long)booking);
    both_see("differences", "The host is owed $5.00", "Send it to the host");
    snprintf(act, sizeof act, "/admin/bookings/%lld/transfer", (long long)booking);
    ck_assert_int_eq(browser_post(&admin, act, ""), 409);
}
END_TEST

START_TEST(the_queues_count_what_waits)
{
    browser_get(&admin, "/admin");
    ck_assert(browser_shows(&admin, "Disputes</span><b>0</b>"));
    cash_dispute(site, booking, "dp_9", "needs_response");
    cash_warning(site, booking, "issfr_1");
    browser_get(&admin, "/admin");
    ck_assert(browser_shows(&admin, "Disputes</span><b>1</b>"));
    ck_assert(browser_shows(&admin, "Warnings</span><b>1</b>"));
    ck_assert(browser_shows(&admin, "/admin/payments?state=warnings"));
    browser_get(&admin, "/admin/payments");
    ck_assert(browser_shows(&admin, "Disputes 1</a>"));
}
END_TEST

void page_payments(Suite *s)
{
    TCase *t = tcase_create("payments");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, the_books_are_shown_and_add_up_to_nothing);
    tcase_add_test(t, the_books_show_stripes_ids_and_none_of_ours);
    tcase_add_test(t, a_refund_that_failed_is_tried_again_or_given_up_with_a_reason);
    tcase_add_test(t, a_transfer_that_stripe_refuses_is_tried_again);
    tcase_add_test(t, a_warning_of_fraud_is_released_by_an_administrator);
    tcase_add_test(t, a_dispute_has_its_page_and_one_answer);
    tcase_add_test(t, calls_that_do_not_end_say_what_stripe_said);
    tcase_add_test(t, stuck_calls_are_paged);
    tcase_add_test(t, open_disputes_are_paged_and_those_that_want_no_answer_come_last);
    tcase_add_test(t, old_debts_are_marked);
    tcase_add_test(t, a_difference_is_closed_with_a_reason);
    tcase_add_test(
        t, a_wrong_post_from_the_second_page_of_a_list_shows_that_page_again);
    tcase_add_test(t, what_a_host_is_owed_is_sent_from_the_list_of_differences);
    tcase_add_test(t, the_queues_count_what_waits);
    suite_add_tcase(s, t);
}
