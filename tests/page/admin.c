#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/kitchen.h"
#include "support/site.h"
#include "web/routes.h"

static struct site *site;
static struct browser host, admin, support;

static void open_browsers(void)
{
    site = site_fresh();
    browser_open(&host, site);
    browser_open(&admin, site);
    browser_open(&support, site);
    browser_log_in_as(&host, "host@example.com", "host");
    browser_log_in_as(&admin, "admin@example.com", "admin");
    browser_log_in_as(&support, "support@example.com", "support");
    kitchen_list(&host);
    kitchen_submit(&host);
}

static void close_browsers(void)
{
    browser_close(&host);
    browser_close(&admin);
    browser_close(&support);
    site_gone(site);
}

/* The version that the last page's form was made from. */
static int version_on(const struct browser *b)
{
    const char *field = strstr(browser_body(b), "name=\"version\" value=\"");
    ck_assert_ptr_nonnull(field);
    return (int)strtol(field + strlen("name=\"version\" value=\""), NULL, 10);
}

static int decide(struct browser *b, const char *act, const char *reason)
{
    char form[512];
    snprintf(
        form, sizeof form, "act=%s&reason=%s&version=%d", act, reason, version_on(b));
    return browser_post(b, "/admin/listings/1", form);
}

START_TEST(a_listing_is_not_active_before_its_papers_are_approved)
{
    kitchen_papers(site, 1);
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin,
        "are approved and in date: Business license and Insurance certificate."));
    ck_assert_int_eq(decide(&admin, "approve", ""), 409);
    ck_assert(browser_shows(&admin,
        "are approved and in date: Business license and Insurance certificate."));
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin, "Waiting for approval"));
    kitchen_papers(site, 3);
    browser_get(&admin, "/admin/listings/1");
    ck_assert(!browser_shows(&admin, "are approved and in date"));
    ck_assert_int_eq(decide(&admin, "approve", ""), 303);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "suspend", "Because"), 303);
    kitchen_papers(site, 2);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "restore", ""), 409);
    ck_assert(browser_shows(&admin, "in date: Insurance certificate."));
}
END_TEST

START_TEST(an_active_listing_that_misses_something_says_so_to_both_sides)
{
    struct browser vendor;
    kitchen_papers(site, 3);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "approve", ""), 303);
    kitchen_papers(site, 2);
    browser_open(&vendor, site);
    ck_assert_int_eq(browser_get(&vendor, "/listings/1-copper-pot"), 200);
    ck_assert(browser_shows(&vendor, "This kitchen cannot be booked at present"));
    ck_assert(!browser_shows(&vendor, "class=\"cal\""));
    ck_assert(!browser_shows(&vendor, "See free times"));
    ck_assert(browser_shows(&vendor, "/search?where=30.27%2C-97.74"));
    ck_assert(browser_shows(&vendor, "id=\"equipment\""));
    browser_get(&vendor, "/listings/1-copper-pot?date=2026-11-30&start=7&end=16:00");
    ck_assert(browser_shows(&vendor, "This kitchen cannot be booked at present"));
    browser_close(&vendor);
    browser_get(&host, "/host/listings");
    ck_assert(browser_shows(&host, "cannot be booked at present"));
    ck_assert(
        browser_shows(&host, "Missing: Insurance certificate; payouts at Stripe."));
    browser_get(&host, "/host/listings/1/edit");
    ck_assert(browser_shows(&host, "It cannot be booked at present"));
    ck_assert(browser_shows(&host, "Insurance certificate: it has to be here"));
    ck_assert(!browser_shows(&host, "Approval: send it"));
}
END_TEST

START_TEST(a_listing_that_waits_is_in_the_queue_and_approving_it_takes_it_out)
{
    kitchen_papers(site, 3);
    ck_assert_int_eq(browser_get(&admin, "/admin"), 200);
    ck_assert(browser_shows(&admin, "Copper Pot"));
    ck_assert_int_eq(browser_get(&admin, "/admin/listings/1"), 200);
    ck_assert(browser_shows(&admin, "2 × Gas range"));
    ck_assert(browser_shows(&admin, "Health permit"));
    ck_assert_int_eq(decide(&admin, "approve", ""), 303);
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin, "Approved"));
    ck_assert(!browser_shows(&admin, "value=\"approve\""));
    browser_get(&admin, "/admin");
    ck_assert(browser_shows(&admin, "No listing waits"));
    browser_get(&host, "/notices");
    ck_assert(browser_shows(&host, "Copper Pot was approved."));
    browser_get(&admin, "/admin/mail");
    ck_assert(browser_shows(&admin, "listing_decided"));
}
END_TEST

START_TEST(a_notice_is_new_until_all_are_marked_as_read)
{
    kitchen_papers(site, 3);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "approve", ""), 303);
    browser_get(&host, "/notices");
    ck_assert(browser_shows(&host, ">New</span>"));
    ck_assert_int_eq(browser_post(&host, "/notices/read", ""), 303);
    browser_get(&host, "/notices");
    ck_assert(browser_shows(&host, "Copper Pot was approved."));
    ck_assert(!browser_shows(&host, ">New</span>"));
}
END_TEST

START_TEST(a_description_is_shown_as_markdown_without_html)
{
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin, "<strong>ovens</strong>"));
    ck_assert(!browser_shows(&admin, "<script>"));
}
END_TEST

START_TEST(saying_no_needs_a_reason_and_keeps_what_was_typed)
{
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "reject", ""), 422);
    ck_assert(browser_shows(&admin, "Say why"));
    ck_assert_int_eq(decide(&admin, "blow_up", "The+floor+plan+is+missing"), 422);
    ck_assert(browser_shows(&admin, "The floor plan is missing</textarea>"));
    ck_assert_int_eq(decide(&admin, "request_changes", "Add+a+floor+plan"), 303);
    browser_get(&host, "/host/listings/1/edit");
    ck_assert(browser_shows(&host, "Add a floor plan"));
}
END_TEST

START_TEST(both_sides_read_all_that_was_decided_of_a_listing_and_why)
{
    static const char *const words[] = { "Sent for approval",
        "Changes requested: Say where the door is", "Rejected: It is a garage" };
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "request_changes", "Say+where+the+door+is"), 303);
    kitchen_submit(&host);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "reject", "It+is+a+garage"), 303);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(browser_get(&host, "/host/listings/1/edit"), 200);
    ck_assert_int_le(host.queries, site->last_route->queries);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        ck_assert(browser_shows(&admin, words[i]));
        ck_assert(browser_shows(&host, words[i]));
    }
    ck_assert(!browser_shows(&host, "Listing written")); /* no decision */
}
END_TEST

START_TEST(a_stale_decision_changes_nothing)
{
    char form[2048];
    browser_get(&admin, "/admin/listings/1");
    int version = version_on(&admin);
    kitchen_papers(site, 3);
    browser_get(&host, "/host/listings/1/edit");
    snprintf(form, sizeof form, "%s&version=%d", kitchen_form, version);
    ck_assert_int_eq(browser_post(&host, "/host/listings/1/edit", form), 303);
    ck_assert_int_eq(decide(&admin, "approve", ""), 409);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "approve", ""), 303);
    browser_get(&admin, "/admin/listings/1");
    ck_assert_int_eq(decide(&admin, "approve", ""), 409);
}
END_TEST

START_TEST(every_state_leads_where_the_table_says)
{
    static const struct {
        const char *act;
        int status;
    } steps[] = { { "suspend", 409 }, { "approve", 303 }, { "reject", 409 },
        { "suspend", 303 }, { "approve", 409 }, { "restore", 303 }, { "submit", 422 } };
    kitchen_papers(site, 3);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        browser_get(&admin, "/admin/listings/1");
        ck_assert_int_eq(decide(&admin, steps[i].act, "Because"), steps[i].status);
    }
}
END_TEST

START_TEST(support_reads_and_does_not_decide)
{
    ck_assert_int_eq(browser_get(&support, "/admin"), 200);
    ck_assert_int_eq(browser_get(&support, "/admin/listings/1"), 200);
    ck_assert(!browser_shows(&support, "value=\"approve\""));
    ck_assert_int_eq(
        browser_post(&support, "/admin/listings/1", "act=approve&reason=&version=2"),
        403);
    browser_get(&support, "/admin/users/1");
    ck_assert(!browser_shows(&support, "value=\"suspend\""));
    ck_assert_int_eq(
        browser_post(&support, "/admin/users/1", "act=suspend&reason=Spam"), 403);
    browser_get(&admin, "/admin/listings/1");
    ck_assert(browser_shows(&admin, "Waiting for approval"));
}
END_TEST

START_TEST(only_staff_get_in)
{
    static const char *const pages[] = { "/admin", "/admin/listings",
        "/admin/listings/1", "/admin/users", "/admin/users/1", "/admin/audit",
        "/admin/mail" };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        ck_assert_int_eq(browser_get(&host, pages[i]), 403);
        ck_assert_int_eq(browser_get(&support, pages[i]), 200);
    }
    ck_assert_int_eq(browser_get(&admin, "/admin/listings/77"), 404);
    ck_assert_int_eq(browser_get(&admin, "/admin/users/77"), 404);
}
END_TEST

START_TEST(staff_finds_people_by_name_and_address)
{
    ck_assert_int_eq(browser_get(&admin, "/admin/users?q=HOST%40example"), 200);
    ck_assert(browser_shows(&admin, "host@example.com"));
    ck_assert(!browser_shows(&admin, "support@example.com"));
    ck_assert(browser_shows(&admin, "value=\"HOST@example\""));
    ck_assert_int_eq(browser_get(&admin, "/admin/users?q=nobody+like+that"), 200);
    ck_assert(browser_shows(&admin, "Nobody like that"));
    ck_assert_int_eq(browser_get(&admin, "/admin/users?q=%27%25_"), 200);
    ck_assert(browser_shows(&admin, "Nobody like that"));
}
END_TEST

START_TEST(suspending_an_account_ends_its_sessions)
{
    browser_get(&admin, "/admin/users/1");
    ck_assert_int_eq(
        browser_post(&admin, "/admin/users/1", "act=suspend&reason="), 422);
    ck_assert(browser_shows(&admin, "Say why"));
    ck_assert_int_eq(
        browser_post(&admin, "/admin/users/1", "act=suspend&reason=Fraud"), 303);
    ck_assert_int_eq(browser_get(&host, "/host/listings"), 303);
    browser_get(&admin, "/admin/users/1");
    ck_assert(browser_shows(&admin, "Suspended: Fraud"));
    ck_assert_int_eq(
        browser_post(&admin, "/admin/users/1", "act=restore&reason="), 303);
    browser_get(&admin, "/admin/users/2");
    ck_assert(browser_shows(&admin, "cannot be suspended here"));
}
END_TEST

START_TEST(listings_are_shown_by_state_and_the_audit_trail_by_age)
{
    browser_get(&admin, "/admin/listings?state=active");
    ck_assert(!browser_shows(&admin, "Copper Pot"));
    browser_get(&admin, "/admin/listings?state=pending_approval");
    ck_assert(browser_shows(&admin, "Copper Pot"));
    browser_get(&admin, "/admin/listings?state=nonsense");
    ck_assert(browser_shows(&admin, "Copper Pot"));
    browser_get(&admin, "/admin/audit");
    ck_assert(browser_shows(&admin, "kitchen.submit"));
    browser_get(&admin, "/admin/audit?before=1");
    ck_assert(!browser_shows(&admin, "kitchen.submit"));
}
END_TEST

void page_admin(Suite *s)
{
    TCase *t = tcase_create("admin");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, a_listing_is_not_active_before_its_papers_are_approved);
    tcase_add_test(t, an_active_listing_that_misses_something_says_so_to_both_sides);
    tcase_add_test(
        t, a_listing_that_waits_is_in_the_queue_and_approving_it_takes_it_out);
    tcase_add_test(t, a_notice_is_new_until_all_are_marked_as_read);
    tcase_add_test(t, a_description_is_shown_as_markdown_without_html);
    tcase_add_test(t, saying_no_needs_a_reason_and_keeps_what_was_typed);
    tcase_add_test(t, both_sides_read_all_that_was_decided_of_a_listing_and_why);
    tcase_add_test(t, a_stale_decision_changes_nothing);
    tcase_add_test(t, every_state_leads_where_the_table_says);
    tcase_add_test(t, support_reads_and_does_not_decide);
    tcase_add_test(t, only_staff_get_in);
    tcase_add_test(t, staff_finds_people_by_name_and_address);
    tcase_add_test(t, suspending_an_account_ends_its_sessions);
    tcase_add_test(t, listings_are_shown_by_state_and_the_audit_trail_by_age);
    suite_add_tcase(s, t);
}
