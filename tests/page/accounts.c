#include "page.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cash.h"
#include "support/site.h"
#include "util/guard.h"
#include "web/routes.h"

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

/* What the last page says. */
static char *shown(void)
{
    const char *from = strstr(browser_body(&b), "<main");
    ck_assert_ptr_nonnull(from);
    const char *to = strstr(from, "</main>");
    ck_assert_ptr_nonnull(to);
    return strndup(from, (size_t)(to - from));
}

/* Sends the form at PATH and goes where it leads: a page that a reload only shows
 * again. What that says. */
static char *sent(const char *path, const char *fields)
{
    browser_get(&b, path);
    ck_assert_int_eq(browser_post(&b, path, fields), 303);
    ck_assert_int_eq(browser_get(&b, b.location), 200);
    ck_assert(browser_shows(&b, "Look into your mail"));
    return shown();
}

START_TEST(signing_up_answers_the_same_whether_the_address_is_taken_or_not)
{
    char *told = sent("/signup", ann);
    ck_assert_ptr_nonnull(strstr(told, "Ann@example.com"));
    char *told_again = sent("/signup", ann);
    ck_assert_str_eq(told_again, told);
    free(told);
    free(told_again);
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users"), 1);
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(DISTINCT kind) FROM outbox"), 2);
    ck_assert_int_eq(browser_get(&b, "/signup/done"), 200);
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
    static const char *const roles[] = { "admin", "support", "system", "" };
    char form[512];
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        snprintf(form, sizeof form, "role=%s%s", roles[i], strchr(ann, '&'));
        browser_get(&b, "/signup");
        ck_assert_int_eq(browser_post(&b, "/signup", form), 422);
    }
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users"), 0);
    ck_assert_int_eq(browser_post(&b, "/signup", ann), 303); /* all else was right */
}
END_TEST

/* Signs up with a password of N characters and, if STATUS is 303, logs in and out. */
static void sign_up_with(size_t n, int status)
{
    static const char bread[][13] = { "%F0%9F%8D%9E", "%F0%9F%A5%90", "%F0%9F%A5%96" };
    char password[2048], *end = password, form[4096];
    for (size_t i = 0; i < n; i++)
        end = stpcpy(end, bread[i % COUNT_OF(bread)]);
    snprintf(form, sizeof form,
        "role=host&full_name=Bo&business_name=&phone=&accept_terms=1"
        "&email=n%zu%%40example.com&password=%s",
        n, password);
    browser_get(&b, "/signup");
    ck_assert_int_eq(browser_post(&b, "/signup", form), status);
    if (status != 303)
        return;
    snprintf(
        form, sizeof form, "email=n%zu%%40example.com&password=%s&next=", n, password);
    browser_get(&b, "/login");
    ck_assert_int_eq(browser_post(&b, "/login", form), 303);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/logout", ""), 303);
}

START_TEST(a_password_of_8_to_128_characters_of_four_bytes_signs_up_and_logs_in)
{
    sign_up_with(7, 422);
    ck_assert(browser_shows(&b, "Use at least 8 characters."));
    sign_up_with(8, 303);
    sign_up_with(128, 303);
    sign_up_with(129, 422);
    ck_assert(browser_shows(&b, "Use at most 128 characters."));
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users"), 2);
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

/* The token in the link of the mail of that kind that waits to be sent. */
static const char *mailed(const char *kind)
{
    return cash_text(site->app.forever, site,
        "SELECT substr(fields->>'$.link', instr(fields->>'$.link', 'token=') + 6)"
        " FROM outbox WHERE kind = %Q ORDER BY id DESC",
        kind);
}

static int log_in(const char *password)
{
    char fields[128];
    snprintf(
        fields, sizeof fields, "email=ann%%40example.com&password=%s&next=", password);
    browser_get(&b, "/login");
    return browser_post(&b, "/login", fields);
}

START_TEST(a_mailed_link_confirms_the_address_once_and_another_can_be_asked_for)
{
    char path[128], fields[128];
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    snprintf(path, sizeof path, "/verify?token=%s", mailed("verify"));
    snprintf(fields, sizeof fields, "token=%s", mailed("verify"));
    ck_assert_int_eq(log_in("copper+kettle+seven"), 303);
    ck_assert_int_eq(browser_get(&b, "/signup"), 303);
    ck_assert_str_eq(b.location, "/dashboard");
    browser_get(&b, "/dashboard");
    ck_assert_int_eq(browser_post(&b, "/verify/send", ""), 303);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM outbox WHERE kind = 'verify'"), 2);
    ck_assert_int_eq(browser_get(&b, "/verify"), 410);
    ck_assert_int_eq(browser_get(&b, path), 200); /* looking confirms nothing */
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users WHERE verified_at"), 0);
    ck_assert_int_eq(browser_post(&b, "/verify", fields), 303);
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users WHERE verified_at"), 1);
    ck_assert_int_eq(browser_get(&b, path), 410);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/verify", fields), 410);
    ck_assert_int_eq(browser_post(&b, "/verify/send", ""), 409);
}
END_TEST

START_TEST(who_confirms_where_he_signed_up_is_on_his_dashboard_and_elsewhere_logs_in)
{
    char path[128], fields[128];
    struct browser other;
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    snprintf(path, sizeof path, "/verify?token=%s", mailed("verify"));
    snprintf(fields, sizeof fields, "token=%s", mailed("verify"));
    browser_open(&other, site);
    struct browser *who = _i == 0 ? &b : &other;
    if (_i == 2) { /* who tried the same address gets no key to the account */
        browser_get(&other, "/signup");
        ck_assert_int_eq(browser_post(&other, "/signup", ann), 303);
    }
    browser_get(who, path);
    ck_assert_int_eq(browser_post(who, "/verify", fields), 303);
    ck_assert_int_le(who->queries, site->last_route->queries);
    ck_assert_str_eq(
        who->location, _i == 0 ? "/dashboard" : "/login?next=%2Fdashboard");
    ck_assert_int_eq(browser_get(who, who->location), 200);
    ck_assert(browser_shows(who, "Thank you, your address is confirmed."));
    ck_assert_int_eq(browser_shows(who, "Log in to go on."), _i != 0);
    ck_assert_int_eq(browser_get(who, "/dashboard"), _i == 0 ? 200 : 303);
    browser_close(&other);
}
END_TEST

START_TEST(a_forgotten_password_is_set_anew_once_and_no_weak_one)
{
    char path[128], fields[256];
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    browser_get(&b, "/forgot-password");
    ck_assert_int_eq(browser_post(&b, "/forgot-password", "email=nonsense"), 422);
    char *told = sent("/forgot-password", "email=nobody%40example.com");
    char *told_again = sent("/forgot-password", "email=ann%40example.com");
    ck_assert_str_eq(told_again, told);
    free(told);
    free(told_again);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM outbox WHERE kind = 'reset'"), 1);
    snprintf(path, sizeof path, "/reset-password?token=%s", mailed("reset"));
    ck_assert_int_eq(browser_get(&b, path), 200);
    snprintf(fields, sizeof fields, "token=%s&password=short", mailed("reset"));
    ck_assert_int_eq(browser_post(&b, "/reset-password", fields), 422);
    snprintf(
        fields, sizeof fields, "token=%s&password=nine+brass+ladles", mailed("reset"));
    ck_assert_int_eq(browser_post(&b, "/reset-password", fields), 303);
    ck_assert_str_eq(b.location, "/login");
    ck_assert_int_eq(browser_get(&b, path), 410);
    browser_get(&b, "/login");
    ck_assert_int_eq(browser_post(&b, "/reset-password", fields), 410);
    ck_assert_int_eq(log_in("copper+kettle+seven"), 422);
    ck_assert_int_eq(log_in("nine+brass+ladles"), 303);
}
END_TEST

START_TEST(a_new_password_needs_the_old_one_and_logs_out_everywhere_else)
{
    struct browser phone;
    browser_open(&phone, site);
    browser_get(&b, "/signup");
    browser_post(&b, "/signup", ann);
    ck_assert_int_eq(log_in("copper+kettle+seven"), 303);
    browser_get(&phone, "/login");
    ck_assert_int_eq(browser_post(&phone, "/login",
                         "email=ann%40example.com&password=copper+kettle+seven&next="),
        303);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/account/password",
                         "current=wrong+wrong&password=nine+brass+ladles"),
        422);
    ck_assert(browser_shows(&b, "This is not your current password."));
    ck_assert_int_eq(browser_post(&b, "/account/password",
                         "current=copper+kettle+seven&password=ann%40example.com"),
        422);
    ck_assert_int_eq(browser_get(&phone, "/account"), 200);
    ck_assert_int_eq(browser_post(&b, "/account/password",
                         "current=copper+kettle+seven&password=nine+brass+ladles"),
        303);
    ck_assert_int_eq(browser_get(&phone, "/account"), 303);
    ck_assert_int_eq(browser_get(&b, "/account"), 200);
    browser_close(&phone);
    ck_assert_int_eq(browser_post(&b, "/logout", ""), 303);
    ck_assert_int_eq(log_in("nine+brass+ladles"), 303);
}
END_TEST

START_TEST(a_post_without_the_token_changes_nothing)
{
    browser_get(&b, "/signup");
    ck_assert_int_eq(browser_post_bare(&b, "/signup", ann), 403);
    char form[512];
    snprintf(
        form, sizeof form, "%s&csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ann);
    ck_assert_int_eq(browser_post_bare(&b, "/signup", form), 403);
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM users"), 0);
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
    tcase_add_test(
        t, a_password_of_8_to_128_characters_of_four_bytes_signs_up_and_logs_in);
    tcase_add_test(t, login_works_with_the_password_and_says_one_thing_without);
    tcase_add_test(t, login_never_leads_to_another_site);
    tcase_add_test(t, too_many_failures_are_stopped_with_retry_after);
    tcase_add_test(t, details_are_changed_and_what_is_wrong_is_kept_as_typed);
    tcase_add_loop_test(t,
        who_confirms_where_he_signed_up_is_on_his_dashboard_and_elsewhere_logs_in, 0,
        3);
    tcase_add_test(
        t, a_mailed_link_confirms_the_address_once_and_another_can_be_asked_for);
    tcase_add_test(t, a_forgotten_password_is_set_anew_once_and_no_weak_one);
    tcase_add_test(t, a_new_password_needs_the_old_one_and_logs_out_everywhere_else);
    tcase_add_test(t, a_post_without_the_token_changes_nothing);
    suite_add_tcase(s, t);
}
