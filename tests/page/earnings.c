/* What a host earns: sums, lists, the chart and the file for his books. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cash.h"
#include "web/routes.h"

#define VENDOR_EMAIL "vendor2@demo.test"
#define HOST_EMAIL "host@demo.test"

static struct site *site;
static struct browser host;
static int64_t booking;

static void open_browser(void)
{
    site = site_fresh();
    cash_load_demo(site);
    browser_open(&host, site);
    browser_log_in_demo(&host, HOST_EMAIL);
    booking = cash_booking(site, VENDOR_EMAIL, HOST_EMAIL);
    cash_int(site,
        "UPDATE host_accounts SET account_id = 'acct_1', checked_at = 4000000000 "
        "WHERE user_id = (SELECT host_id FROM bookings WHERE id = %lld)",
        (long long)booking);
}

static void close_browser(void)
{
    browser_close(&host);
    site_gone(site);
}

static bool lists(const char *tab, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/host/earnings?show=%s", tab);
    ck_assert_int_eq(browser_get(&host, path), 200);
    return browser_shows(&host, text);
}

static const char *booking_link(void)
{
    static char link[64];
    snprintf(link, sizeof link, "href=\"/bookings/%lld\"", (long long)booking);
    return link;
}

START_TEST(money_moves_from_list_to_list)
{
    ck_assert(lists("upcoming", booking_link()));
    ck_assert(browser_shows(&host, "Leaves on"));
    ck_assert(browser_shows(&host, "Owed by you"));
    ck_assert(lists("scheduled", "Nothing is on its way to you."));
    cash_warning(site, booking, "issfr_1");
    cash_pass(site, booking, false);
    browser_log_in_demo(&host, HOST_EMAIL);
    cash_int(site, "UPDATE host_accounts SET requirements = 'Stripe still needs: tea.',"
                   " deadline_at = 1796000000");
    browser_get(&host, "/host/stripe");
    ck_assert(
        browser_shows(&host, "Stripe still needs: tea. It wants that by <strong>"));
    ck_assert(lists("held", booking_link()));
    ck_assert(browser_shows(&host, "Held: the payment is being looked at."));
    cash_int(site, "UPDATE freezes SET kind = 'dispute'");
    ck_assert(lists("held", "Held: a bank looks at the payment."));
    cash_int(site, "UPDATE freezes SET closed_at = 1");
    cash_int(site, "UPDATE transfers SET state = 'scheduled', held_for = '' "
                   "WHERE state = 'held'");
    ck_assert(lists("scheduled", booking_link()));
    cash_pass(site, booking, true);
    ck_assert(lists("sent", booking_link()));
    ck_assert(browser_shows(&host, "tr_test_"));
    ck_assert(!lists("upcoming", booking_link()));
    ck_assert(lists("reversed", "Nothing was taken back."));
    ck_assert(lists("debts", "You never owed anything."));
    ck_assert(lists("nonsense", "Coming up</a>"));
}
END_TEST

START_TEST(what_was_taken_back_and_what_is_owed_have_their_lists)
{
    cash_pass(site, booking, true);
    cash_int(site,
        "UPDATE transfers SET reversed_cents = 1000 WHERE transfer_id = 'tr_test_%lld'",
        (long long)booking);
    cash_owe(site, booking, 777, SITE_NOW_AT);
    browser_log_in_demo(&host, HOST_EMAIL);
    ck_assert(lists("reversed", "<strong class=\"num\">$10.00</strong>"));
    ck_assert(lists("sent", "$10.00 was taken back since."));
    ck_assert(lists("debts", "<strong class=\"num\">$7.77</strong>"));
    ck_assert(
        browser_shows(&host, "You owe it, and it is kept from the next transfers."));
    cash_int(site,
        "UPDATE transfers SET offset_cents = 777 WHERE transfer_id = 'tr_test_%lld'",
        (long long)booking);
    cash_keep(site, booking, 777, SITE_NOW_AT);
    char paid[128];
    snprintf(paid, sizeof paid, "It was kept from the transfer of booking %lld.",
        (long long)booking);
    ck_assert(lists("debts", paid));
}
END_TEST

START_TEST(a_year_of_months_is_drawn_and_told)
{
    browser_get(&host, "/host/earnings");
    ck_assert(browser_shows(&host, "<title id=\"chart-title\">"));
    ck_assert(browser_shows(&host, "November 2026"));
    ck_assert(browser_shows(&host, "December 2025"));
    ck_assert(!browser_shows(&host, "November 2025"));
    browser_log_in_as(&host, "new@example.com", "host");
    ck_assert_int_eq(browser_get(&host, "/host/earnings"), 200);
    ck_assert(browser_shows(&host, "Nothing was sent in the last twelve months"));
    ck_assert(browser_shows(&host, "Nobody has booked and paid yet."));
}
END_TEST

START_TEST(a_host_reads_what_stripe_wants_and_what_waits_for_it)
{
    static const char *const reasons[][2] = {
        { "requirements.past_due", "Details that Stripe asked for are overdue" },
        { "requirements.pending_verification", "Stripe is looking at what you sent" },
        { "rejected.fraud", "Stripe has closed the account" },
        { "something.new", "Stripe has paused the account" },
    };
    cash_int(site, "UPDATE host_accounts SET transfers_active = 0");
    cash_pass(site, booking, false);
    browser_log_in_demo(&host, HOST_EMAIL);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        cash_int(
            site, "UPDATE host_accounts SET disabled_reason = '%s'", reasons[i][0]);
        ck_assert_int_eq(browser_get(&host, "/host/stripe"), 200);
        ck_assert(browser_shows(&host, reasons[i][1]));
        ck_assert(browser_shows(&host, "for 1 booking waits for this."));
    }
    cash_int(site, "UPDATE transfers SET state = 'scheduled', held_for = '' "
                   "WHERE state = 'held'");
    browser_get(&host, "/host/stripe");
    ck_assert(browser_shows(&host, "is due soon and will wait for this."));
    ck_assert(!browser_shows(&host, "Another"));
    cash_int(site, "UPDATE transfers SET state = 'held', held_for = 'account' "
                   "WHERE state = 'scheduled'");
    ck_assert(lists("held", "Stripe cannot pay your account yet."));
}
END_TEST

START_TEST(lists_are_paged)
{
    int64_t host_id = cash_int(
        site, "SELECT host_id FROM bookings WHERE id = %lld", (long long)booking);
    for (int i = 0; i < 30; i++)
        cash_int(site,
            "INSERT INTO bookings (cell, uid, kitchen_id, space_id, vendor_id, "
            "host_id, "
            "state, "
            "start_at, end_at, timezone, buffer_before_min, buffer_after_min, "
            "guest_count, "
            "purpose, special_requests, rate_cents, base_cents, cleaning_cents, "
            "service_fee_cents, tax_cents, total_cents, host_cents, vendor_fee_bp, "
            "host_fee_bp, tax_bp, policy, created_at, hold_until, confirmed_at, "
            "updated_at) "
            "SELECT cell, 'u%d', kitchen_id, space_id, vendor_id, host_id, state, "
            "start_at + "
            "%d, "
            "end_at + %d, timezone, 0, 0, 1, '', '', 1, base_cents, cleaning_cents, "
            "service_fee_cents, tax_cents, total_cents, host_cents, 0, 0, 0, policy, "
            "1, 1, 1, 1 FROM bookings WHERE id = %lld",
            i, 86400 * (i + 40), 86400 * (i + 40), (long long)booking);
    ck_assert_int_gt(host_id, 0);
    browser_get(&host, "/host/earnings?show=upcoming");
    const char *more = strstr(browser_body(&host), "show=upcoming&amp;before=");
    ck_assert_ptr_nonnull(more);
    ck_assert(browser_shows(&host, booking_link()));
    char path[128];
    snprintf(path, sizeof path, "/host/earnings?show=upcoming&before=%lld",
        strtoll(more + strlen("show=upcoming&amp;before="), NULL, 10));
    ck_assert_int_eq(browser_get(&host, path), 200);
    ck_assert(!browser_shows(&host, booking_link()));
    ck_assert(!browser_shows(&host, "rel=\"next\""));
}
END_TEST

/* The fields of the line that begins with BOOKING, to its end. */
static char *csv_line(int64_t id)
{
    char begin[32];
    snprintf(begin, sizeof begin, "\n%lld,", (long long)id);
    const char *line = strstr(browser_body(&host), begin);
    return line == NULL ? strdup("") : strndup(line + 1, strcspn(line + 1, "\r"));
}

START_TEST(the_file_has_each_booking_of_the_year_and_no_formulas)
{
    cash_int(site, "UPDATE users SET business_name = '=HYPERLINK(\"x\")' "
                   "WHERE email = '" VENDOR_EMAIL "'");
    cash_int(site, "UPDATE kitchens SET title = 'Pots, pans' WHERE id = 1");
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026"), 200);
    ck_assert_ptr_nonnull(strstr(host.answer, "text/csv; charset=utf-8"));
    ck_assert_ptr_nonnull(strstr(host.answer, "prep-earnings-2026.csv"));
    ck_assert(browser_shows(&host, "booking,kitchen,vendor,start,end,gross "
                                   "base,cleaning,host fee,refunds,host net,"
                                   "transfer id,sent at,reversed,state,disputes,sent,"
                                   "kept for debts,became a debt,open\r\n"));
    char *line = csv_line(booking);
    ck_assert_ptr_nonnull(
        strstr(line, ",\"Pots, pans\",\"'=HYPERLINK(\"\"x\"\")\",2026-1"));
    ck_assert_ptr_nonnull(strstr(line, ",0.00,confirmed"));
    free(line);
    browser_get(&host, "/host/earnings.csv?year=2021");
    line = csv_line(booking);
    ck_assert_str_eq(line, "");
    free(line);
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=x"), 200);
    line = csv_line(booking);
    ck_assert_str_ne(line, "");
    free(line);
}
END_TEST

START_TEST(a_year_too_long_for_one_file_is_had_month_by_month)
{
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026&month=9"), 200);
    ck_assert_ptr_nonnull(strstr(host.answer, "prep-earnings-2026-09.csv"));
    char *line = csv_line(booking);
    ck_assert_str_eq(line, "");
    free(line);
    cash_int(site,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "13000)"
        " INSERT INTO bookings (cell, uid, kitchen_id, space_id, vendor_id, host_id,"
        " state, start_at, end_at, timezone, buffer_before_min, buffer_after_min,"
        " guest_count, purpose, special_requests, rate_cents, base_cents,"
        " cleaning_cents, service_fee_cents, tax_cents, total_cents, host_cents,"
        " vendor_fee_bp, host_fee_bp, tax_bp, policy, created_at, hold_until,"
        " confirmed_at, updated_at)"
        " SELECT cell, 'u' || i, kitchen_id, space_id, vendor_id, host_id, 'canceled',"
        " 1769999400 + i * 1800, 1770003000 + i * 1800, timezone, 0, 0, 1, '', '', 1, "
        "0,"
        " 0, 0, 0, 0, 0, 0, 0, 0, policy, 1, 1, 1, 1 FROM n, bookings WHERE id = %lld",
        (long long)booking);
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026"), 422);
    ck_assert(browser_shows(&host, "2026 has more bookings than one file takes"));
    ck_assert(browser_shows(&host, "/host/earnings.csv?year=2026&amp;month=9\""));
    ck_assert(browser_shows(&host, "September 2026"));
    ck_assert_int_le(host.queries, site->last_route->queries);
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026&month=9"), 200);
    ck_assert(browser_shows(&host, ",2026-09-01T00:00:00-05:00,"));
    ck_assert(browser_shows(&host, ",2026-09-30T23:30:00-05:00,"));
    ck_assert(!browser_shows(&host, ",2026-08-31T23:30:00-05:00,2026-09"));
    ck_assert(!browser_shows(&host, ",2026-10-01T00:00:00-05:00,2026-10"));
    ck_assert_int_le(host.queries, site->last_route->queries);
}
END_TEST

START_TEST(the_file_adds_up)
{
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026"), 200);
    int lines = 0;
    for (const char *at = browser_body(&host); (at = strstr(at, "\r\n")) != NULL;
         at += 2)
        lines += at[2] != '\0';
    ck_assert_int_eq(lines, cash_int(site,
                                "SELECT COUNT(*) FROM bookings WHERE confirmed_at IS "
                                "NOT NULL AND host_id = "
                                "(SELECT host_id FROM bookings WHERE id = %lld)"
                                " AND start_at >= 1767247200",
                                (long long)booking));
    char *line = csv_line(booking), amounts[128];
    int64_t base = cash_int(site, "SELECT base_cents FROM bookings WHERE id = %lld",
                (long long)booking),
            cleaning =
                cash_int(site, "SELECT cleaning_cents FROM bookings WHERE id = %lld",
                    (long long)booking),
            net = cash_int(site, "SELECT host_cents FROM bookings WHERE id = %lld",
                (long long)booking);
    int64_t fee = base + cleaning - net;
    snprintf(amounts, sizeof amounts, ",%lld.%02lld,%lld.%02lld,%lld.%02lld,0.00,",
        (long long)base / 100, (long long)base % 100, (long long)cleaning / 100,
        (long long)cleaning % 100, (long long)fee / 100, (long long)fee % 100);
    ck_assert_msg(strstr(line, amounts) != NULL, "%s: %s", amounts, line);
    free(line);
}
END_TEST

/* The cents in field N of a line; titles and names have no commas here. */
static int64_t field(const char *line, int n)
{
    while (n-- > 0)
        line = strchr(line, ',') + 1;
    bool minus = *line == '-';
    char *end;
    int64_t cents = strtoll(line + minus, &end, 10) * 100 + strtoll(end + 1, NULL, 10);
    return minus ? -cents : cents;
}

/* Base, cleaning, fee, refunds and disputes make the net; what was sent, taken back,
 * kept, owed and is open makes the same. */
static void adds_up(const char *line)
{
    enum { BASE = 5, CLEANING, FEE, REFUNDS, NET, REVERSED = 12 };
    enum { DISPUTES = 14, SENT, KEPT, DEBT, OPEN };
    ck_assert_msg(field(line, BASE) + field(line, CLEANING) - field(line, FEE) -
                          field(line, REFUNDS) - field(line, DISPUTES) ==
                      field(line, NET),
        "%s", line);
    ck_assert_msg(field(line, SENT) - field(line, REVERSED) + field(line, KEPT) -
                          field(line, DEBT) + field(line, OPEN) ==
                      field(line, NET),
        "%s", line);
}

/* Sent, disputed, not to be had back, lost; the second attempt came to nothing. */
START_TEST(a_lost_dispute_adds_up_and_has_the_state_of_what_was_sent)
{
    cash_pass(site, booking, true);
    cash_dispute(site, booking, "dp_1", "lost");
    cash_int(site,
        "INSERT INTO transfers (uid, booking_id, host_id, attempt, state, due_at, "
        "created_at, updated_at) SELECT 'second', id, host_id, 2, 'reversed', 1, 1, 1 "
        "FROM bookings WHERE id = %lld",
        (long long)booking);
    browser_log_in_demo(&host, HOST_EMAIL);
    ck_assert_int_eq(browser_get(&host, "/host/earnings.csv?year=2026"), 200);
    char *line = csv_line(booking), id[64];
    snprintf(id, sizeof id, ",tr_test_%lld,2026-", (long long)booking);
    ck_assert_msg(strstr(line, id) != NULL, "%s", line);
    ck_assert_msg(strstr(line, ",0.00,sent,") != NULL, "%s", line);
    ck_assert_int_eq(field(line, 9), 0);
    ck_assert_int_eq(field(line, 14), field(line, 15));
    ck_assert_int_eq(field(line, 18), -field(line, 15)); /* asked back, not here yet */
    adds_up(line);
    free(line);
}
END_TEST

START_TEST(one_kept_for_a_debt_has_no_transfer_of_another_attempt)
{
    cash_pass(site, booking, true);
    cash_int(site,
        "INSERT INTO transfers (uid, booking_id, host_id, attempt, state, due_at, "
        "claimed_at, sent_at, offset_cents, created_at, updated_at) SELECT 'second', "
        "id, "
        "host_id, 2, 'sent', 1, 1, 1893456000, 100, 1, 1 FROM bookings WHERE id = %lld",
        (long long)booking);
    cash_keep(site, booking, 100, 1);
    browser_log_in_demo(&host, HOST_EMAIL);
    browser_get(&host, "/host/earnings.csv?year=2026");
    char *line = csv_line(booking);
    ck_assert_msg(strstr(line, "2030-") == NULL, "%s", line);
    ck_assert_int_eq(field(line, 16), 100);
    adds_up(line);
    free(line);
}
END_TEST

START_TEST(every_line_of_the_file_adds_up)
{
    browser_get(&host, "/host/earnings.csv?year=2026");
    int lines = 0;
    for (const char *at = browser_body(&host); (at = strstr(at, "\r\n")) != NULL;) {
        at += 2;
        if (*at == '\0' || memchr(at, '"', strcspn(at, "\r")) != NULL)
            continue;
        adds_up(at);
        lines++;
    }
    ck_assert_int_gt(lines, 3);
}
END_TEST

void page_earnings(Suite *s)
{
    TCase *t = tcase_create("earnings");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, money_moves_from_list_to_list);
    tcase_add_test(t, what_was_taken_back_and_what_is_owed_have_their_lists);
    tcase_add_test(t, a_year_of_months_is_drawn_and_told);
    tcase_add_test(t, a_host_reads_what_stripe_wants_and_what_waits_for_it);
    tcase_add_test(t, lists_are_paged);
    tcase_add_test(t, the_file_has_each_booking_of_the_year_and_no_formulas);
    tcase_add_test(t, a_year_too_long_for_one_file_is_had_month_by_month);
    tcase_add_test(t, the_file_adds_up);
    tcase_add_test(t, a_lost_dispute_adds_up_and_has_the_state_of_what_was_sent);
    tcase_add_test(t, one_kept_for_a_debt_has_no_transfer_of_another_attempt);
    tcase_add_test(t, every_line_of_the_file_adds_up);
    suite_add_tcase(s, t);
}
