#include "page.h"

#include "support/site.h"

/* host@demo.test is account 3, and kitchen 1 is his. */
START_TEST(a_suspended_host_cannot_be_found_or_booked_until_he_is_back)
{
    static const char search[] = "/search?where=30.27%2C-97.74";
    struct site *site = site_fresh();
    struct browser admin, b;
    site_load_demo(site);
    browser_open(&admin, site);
    browser_open(&b, site);
    browser_get(&b, search);
    ck_assert(browser_shows(&b, "/listings/1-"));
    browser_log_in_demo(&admin, "admin@demo.test");
    browser_get(&admin, "/admin/users/3");
    ck_assert_int_eq(
        browser_post(&admin, "/admin/users/3", "act=suspend&reason=Fraud"), 303);
    browser_get(&b, search);
    ck_assert(!browser_shows(&b, "/listings/1-"));
    browser_get(&admin, "/admin/users/3");
    ck_assert_int_eq(
        browser_post(&admin, "/admin/users/3", "act=restore&reason="), 303);
    browser_get(&b, search);
    ck_assert(browser_shows(&b, "/listings/1-"));
    browser_close(&b);
    browser_close(&admin);
    site_gone(site);
}
END_TEST

void page_moderation(Suite *s)
{
    TCase *t = tcase_create("moderation");
    tcase_add_test(t, a_suspended_host_cannot_be_found_or_booked_until_he_is_back);
    suite_add_tcase(s, t);
}
