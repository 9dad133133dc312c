#include "page.h"
#include <string.h>

#include "support/site.h"

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    browser_open(&b, site);
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

static const char ann[] =
    "role=vendor&full_name=Ann+O%27Neil&business_name=&phone=&email=Ann%40example.com"
    "&password=copper+kettle+seven&accept_terms=1";

START_TEST(signing_up_answers_the_same_whether_the_address_is_taken_or_not)
{
    ck_assert_int_eq(browser_get(&b, "/signup"), 200);
    ck_assert_int_eq(browser_post(&b, "/signup", ann), 200);
    ck_assert(browser_shows(&b, "Look into your mail"));
    ck_assert_int_eq(browser_get(&b, "/signup"), 200);
    ck_assert_int_eq(browser_post(&b, "/signup", ann), 200);
    ck_assert(browser_shows(&b, "Look into your mail"));
}
END_TEST

START_TEST(a_wrong_signup_keeps_what_was_typed_and_says_what_is_wrong)
{
    browser_get(&b, "/signup");
    ck_assert_int_eq(browser_post(&b, "/signup",
                         "role=host&full_name=Bo&email=nowhere&password=short"),
        422);
    ck_assert(browser_shows(&b, "value=\"Bo\""));
    ck_assert(browser_shows(&b, "value=\"nowhere\""));
    ck_assert(browser_shows(&b, "Use at least 8 characters."));
    ck_assert(browser_shows(&b, "f-accept_terms-error\">Accept the terms"));
    ck_assert(!browser_shows(&b, "value=\"short\""));
}
END_TEST

START_TEST(a_role_never_comes_from_the_browser)
{
    browser_get(&b, "/signup");
    ck_assert_int_eq(
        browser_post(&b, "/signup",
            "role=admin&full_name=Eve&email=e%40example.com&password=copper+kettle+7"
            "&accept_terms=1"),
        422);
}
END_TEST

START_TEST(login_works_with_the_password_and_says_one_thing_without)
{
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    browser_get(&b, "/login");
    ck_assert_int_eq(browser_post(&b, "/login",
                         "email=ann%40example.com&password=wrong+wrong&next="),
        422);
    ck_assert(browser_shows(&b, "do not belong together"));
    ck_assert_int_eq(browser_post(&b, "/login",
                         "email=nobody%40example.com&password=wrong+wrong&next="),
        422);
    ck_assert(browser_shows(&b, "do not belong together"));
    ck_assert_int_eq(
        browser_post(&b, "/login",
            "email=ANN%40example.com&password=copper+kettle+seven&next=%2Faccount"),
        303);
    ck_assert_str_eq(b.location, "/account");
    ck_assert_int_eq(browser_get(&b, "/account"), 200);
    ck_assert(browser_shows(&b, "Ann O&#39;Neil"));
    ck_assert_int_eq(browser_post(&b, "/logout", ""), 303);
    ck_assert_int_eq(browser_get(&b, "/account"), 303);
    ck_assert_str_eq(b.location, "/login?next=%2Faccount");
}
END_TEST

START_TEST(login_never_leads_to_another_site)
{
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    browser_get(&b, "/login");
    browser_post(&b, "/login",
        "email=ann%40example.com&password=copper+kettle+seven&next=%2F%2Fevil.example");
    ck_assert_str_eq(b.location, "/dashboard");
}
END_TEST

START_TEST(too_many_failures_are_stopped_with_retry_after)
{
    browser_get(&b, "/login");
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(browser_post(&b, "/login",
                             "email=ann%40example.com&password=wrong+wrong&next="),
            422);
    ck_assert_int_eq(browser_post(&b, "/login",
                         "email=ann%40example.com&password=wrong+wrong&next="),
        429);
    ck_assert_ptr_nonnull(strstr(b.answer, "Retry-After: "));
}
END_TEST

START_TEST(details_are_changed_and_what_is_wrong_is_kept_as_typed)
{
    browser_log_in_as(&b, "bo@example.com", "vendor");
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/account",
                         "full_name=Bo+Baker&business_name=Bo%27s+Buns&phone=555"),
        303);
    browser_get(&b, "/account");
    ck_assert(browser_shows(&b, "value=\"Bo Baker\""));
    ck_assert(browser_shows(&b, "value=\"Bo&#39;s Buns\""));
    ck_assert_int_eq(
        browser_post(&b, "/account", "full_name=&business_name=New&phone=555"), 422);
    ck_assert(browser_shows(&b, "value=\"New\""));
}
END_TEST

START_TEST(a_post_without_the_token_changes_nothing)
{
    browser_get(&b, "/signup");
    ck_assert_int_eq(browser_post_bare(&b, "/signup", ann), 403);
    ck_assert_int_eq(browser_post_bare(&b, "/signup",
                         "csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        403);
}
END_TEST

void page_accounts(Suite *s)
{
    TCase *t = tcase_create("accounts");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, signing_up_answers_the_same_whether_the_address_is_taken_or_not);
    tcase_add_test(t, a_wrong_signup_keeps_what_was_typed_and_says_what_is_wrong);
    tcase_add_test(t, a_role_never_comes_from_the_browser);
    tcase_add_test(t, login_works_with_the_password_and_says_one_thing_without);
    tcase_add_test(t, login_never_leads_to_another_site);
    tcase_add_test(t, too_many_failures_are_stopped_with_retry_after);
    tcase_add_test(t, details_are_changed_and_what_is_wrong_is_kept_as_typed);
    tcase_add_test(t, a_post_without_the_token_changes_nothing);
    suite_add_tcase(s, t);
}
