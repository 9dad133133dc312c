#include "domain/host_accounts.h"

#include <stdio.h>
#include <time.h>

#include "support/stripe_box.h"
#include "unit.h"
#include "util/text.h"

static struct db_test t;
static struct stripe_box box;
static int64_t host_id, kitchen_id;
static struct ctx *c;
static struct host_account account;

static void act(int64_t user)
{
    c = db_test_begin(&t, DB_WRITE, user);
}

static void look(void)
{
    act(host_id);
    ck_assert(host_accounts_get(c, &account) == OK);
}

static void set_up(void)
{
    db_test_open(&t);
    stripe_box_open(&box, &t);
    host_id = make_user(&t, "host");
    kitchen_id = make_kitchen(&t, host_id);
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO documents (kitchen_id, kind, state, number, authority, issued_day,"
        " expires_day, hash, mime, bytes, file_name, created_at)"
        " SELECT %lld, value, 'approved', '1', 'City', 1, 99999, 'h', "
        "'application/pdf', 1,"
        " 'f.pdf', 1 FROM "
        "json_each('[\"health_permit\",\"business_license\",\"insurance\"]');"
        "UPDATE kitchens SET bookable = 0",
        (long long)kitchen_id);
    act(host_id);
}

static void tear_down(void)
{
    stripe_box_close(&box);
    db_test_close(&t);
}

static void connect_host(void)
{
    const char *url;
    act(host_id);
    ck_assert(host_accounts_connect(c, &url) == OK);
    ck_assert(text_starts(url, c->conf->stripe_api_base));
    look();
}

/* What happens at Stripe, and then our reading of it. */
static void stand(const char *standing)
{
    look();
    const char *form =
        ctx_printf(c, "account=%s&standing=%s", account.account_id, standing);
    ck_assert(
        stripe_box_call(&box, "POST", "/_sim/act/account", form).outcome == STRIPE_OK);
    ck_assert(host_accounts_check(c) == OK);
    look();
}

static int64_t bookable(void)
{
    return db_test_int(&t, "SELECT bookable FROM kitchens");
}

START_TEST(connecting_twice_makes_one_account)
{
    ck_assert(host_accounts_get(c, &account) == R_NOT_FOUND);
    connect_host();
    connect_host();
    const struct json *list =
        json_get(stripe_box_call(&box, "GET", "/v1/accounts", NULL).object, "data");
    ck_assert_int_eq(list->count, 1);
    ck_assert(!account.transfers_active);
    ck_assert_int_eq(bookable(), 0);
}
END_TEST

START_TEST(the_calls_of_one_request_share_its_time)
{
    const char *url;
    struct timespec began, ended;
    ck_assert(stripe_box_call(&box, "POST", "/_sim/faults",
                  "match=POST%20/v1/account&kind=slow_ms&times=2&ms=3000")
                  .outcome == STRIPE_OK);
    act(host_id);
    clock_gettime(CLOCK_MONOTONIC, &began);
    ck_assert(host_accounts_connect(c, &url) == R_UPSTREAM);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    ck_assert_int_lt(ended.tv_sec - began.tv_sec, 6);
    look();
    ck_assert_ptr_nonnull(account.account_id);
}
END_TEST

START_TEST(transfers_active_make_kitchens_bookable_and_their_loss_unmakes_it)
{
    connect_host();
    stand("active");
    ck_assert(account.transfers_active && account.checked_at == c->now_at);
    ck_assert_int_eq(bookable(), 1);
    stand("checking");
    ck_assert(!account.transfers_active);
    ck_assert_int_eq(bookable(), 0);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM notices WHERE kind = 'host_account'"), 2);
    ck_assert_int_eq(
        db_test_int(
            &t, "SELECT COUNT(*) FROM audit WHERE action LIKE 'host_account.%%active'"),
        2);
}
END_TEST

START_TEST(what_stripe_still_wants_is_kept_as_words_with_its_date)
{
    connect_host();
    stand("open");
    ck_assert_str_eq(account.requirements,
        "Stripe waits for what is overdue: whether you are a company or a person, your "
        "bank account, that you accept its terms.");
    ck_assert_int_eq(account.deadline_at, 0);
    stand("active");
    ck_assert_str_eq(account.requirements, "");
    const char *form =
        ctx_printf(c, "account=%s&deadline=1900000000", account.account_id);
    ck_assert(
        stripe_box_call(&box, "POST", "/_sim/act/account", form).outcome == STRIPE_OK);
    ck_assert(host_accounts_check(c) == OK);
    look();
    ck_assert_str_eq(account.requirements,
        "Stripe still needs: a picture of your passport or driving licence.");
    ck_assert_int_eq(account.deadline_at, 1900000000);
    ck_assert(account.transfers_active);
}
END_TEST

static int64_t calls_with(const char *what)
{
    return db_test_int(&t,
        "SELECT COUNT(*) FROM stripe_ops WHERE kind = 'acct' AND state = 'done'"
        " AND instr(body, %Q) > 0",
        what);
}

START_TEST(stripe_hears_what_kind_of_business_it_is_and_where_it_is_seen)
{
    t.app.conf.base_url = "https://prep.example";
    connect_host();
    ck_assert_int_eq(calls_with("&business_type=individual&"), 1);
    ck_assert_int_eq(
        calls_with("&business_profile[url]=https%3A%2F%2Fprep.example&"), 1);
    int64_t company_id = make_user(&t, "host");
    db_test_end(&t);
    db_test_exec(&t, "UPDATE users SET business_name = 'Cook & Co' WHERE id = %lld",
        (long long)company_id);
    t.app.conf.base_url = "http://127.0.0.1:1"; /* which Stripe cannot reach */
    host_id = company_id;
    connect_host();
    ck_assert_int_eq(calls_with("&business_type=company&"), 1);
    ck_assert_int_eq(calls_with("&business_profile[url]="), 1);
}
END_TEST

START_TEST(an_account_that_is_gone_can_be_paid_no_more)
{
    connect_host();
    stand("active");
    db_test_end(&t);
    db_test_exec(&t, "UPDATE host_accounts SET account_id = 'acct_gone'");
    act(0);
    ck_assert(host_accounts_check_id(c, "acct_gone", STRIPE_JOB_MS) == OK);
    look();
    ck_assert(!account.transfers_active);
    ck_assert_int_eq(bookable(), 0);
    ck_assert(host_accounts_check_id(c, "acct_of_somebody", STRIPE_JOB_MS) == OK);
}
END_TEST

START_TEST(a_lost_answer_makes_no_second_account)
{
    const char *url;
    stripe_box_fault(&box, "POST /v1/accounts", "reset_mid_body", 1);
    act(host_id);
    ck_assert(host_accounts_connect(c, &url) == R_UPSTREAM);
    t.app.fixed_now_at += 3;
    connect_host();
    const struct json *list =
        json_get(stripe_box_call(&box, "GET", "/v1/accounts", NULL).object, "data");
    ck_assert_int_eq(list->count, 1);
}
END_TEST

START_TEST(links_need_an_account_and_are_made_anew_each_time)
{
    const char *first, *second;
    ck_assert(host_accounts_link(c, &first) == R_NOT_FOUND);
    ck_assert(host_accounts_login(c, &first) == R_NOT_FOUND);
    connect_host();
    ck_assert(host_accounts_link(c, &first) == OK);
    ck_assert(host_accounts_link(c, &second) == OK);
    ck_assert_str_ne(first, second);
    stand("active");
    ck_assert(host_accounts_login(c, &first) == OK);
}
END_TEST

START_TEST(accounts_that_nobody_read_for_a_day_are_named)
{
    const char **ids;
    size_t n;
    connect_host();
    stand("active");
    ck_assert(host_accounts_stale(c, c->now_at - 86400, 10, &ids, &n) == OK && n == 0);
    ck_assert(host_accounts_stale(c, c->now_at + 1, 10, &ids, &n) == OK && n == 1);
    ck_assert_str_eq(ids[0], account.account_id);
}
END_TEST

void unit_domain_host_accounts(Suite *s)
{
    TCase *tc = tcase_create("host_accounts");
    if (stripe_box_missing("host_accounts"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, connecting_twice_makes_one_account);
    tcase_add_test(tc, the_calls_of_one_request_share_its_time);
    tcase_add_test(
        tc, transfers_active_make_kitchens_bookable_and_their_loss_unmakes_it);
    tcase_add_test(tc, what_stripe_still_wants_is_kept_as_words_with_its_date);
    tcase_add_test(tc, stripe_hears_what_kind_of_business_it_is_and_where_it_is_seen);
    tcase_add_test(tc, an_account_that_is_gone_can_be_paid_no_more);
    tcase_add_test(tc, a_lost_answer_makes_no_second_account);
    tcase_add_test(tc, links_need_an_account_and_are_made_anew_each_time);
    tcase_add_test(tc, accounts_that_nobody_read_for_a_day_are_named);
    suite_add_tcase(s, tc);
}
