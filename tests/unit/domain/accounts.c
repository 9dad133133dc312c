#include "domain/accounts.h"

#include <stdio.h>
#include <string.h>

#include "domain/outbox.h"
#include "domain/passwords.h"
#include "domain/sessions.h"
#include "domain/throttles.h"
#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/json.h"
#include "util/text.h"

static struct db_test t;
static const char *mark;

static void open_db(void)
{
    db_test_open(&t);
    t.app.conf.password_mem_kib = 8192;
}

static void close_db(void)
{
    db_test_end(&t);
    db_test_close(&t);
}

static const struct registration ann = { .email = "Ann@Example.com",
    .password = "copper kettle 7",
    .full_name = "Ann",
    .business_name = "",
    .phone = "",
    .role = ROLE_VENDOR,
    .address = "192.0.2.1" };

static struct ctx *unit(int64_t later_s)
{
    t.app.fixed_now_at += later_s;
    return db_test_begin(&t, DB_WRITE, 0);
}

/* The token in the newest mail of KIND, as its reader would get it. */
static const char *mailed_token(struct ctx *c, const char *kind)
{
    struct outbox_row {
        const char *fields;
    } row = { NULL };
    struct outbox_mail *mails;
    size_t n;
    ck_assert_int_eq(outbox_take(c, 20, 0, &mails, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (text_is(mails[i].kind, kind))
            row.fields = mails[i].fields;
    ck_assert_ptr_nonnull(row.fields);
    const struct json *fields;
    ck_assert_int_eq(json_read(c->arena, row.fields, strlen(row.fields), &fields), OK);
    const char *token = strstr(json_text(fields, "link"), "token=");
    ck_assert_ptr_nonnull(token);
    return token + 6;
}

static enum result verify(struct ctx *c, const char *token)
{
    const char *session;
    const struct verification v = { .token = token };
    enum result r = accounts_verify(c, &v, &session);
    ck_assert_ptr_null(session);
    return r;
}

START_TEST(only_the_browser_that_made_the_account_is_logged_in_by_its_link)
{
    static const struct {
        bool own, in;
        const char *change;
    } cases[] = {
        { true, true, "SELECT 1" },
        { false, false, "SELECT 1" },
        { true, false, "UPDATE users SET state = 'suspended'" },
        { true, false, "UPDATE users SET role = 'admin'" },
        { true, false, "UPDATE users SET role = 'support'" },
    };
    char own[64], taken[64], token[64];
    const char *session;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    snprintf(own, sizeof own, "%s", mark);
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    snprintf(taken, sizeof taken, "%s", mark);
    ck_assert_uint_eq(strlen(own), strlen(taken));
    snprintf(token, sizeof token, "%s", mailed_token(unit(1), "verify"));
    db_test_exec(&t, "%s", cases[_i].change);
    const struct verification v = { .token = token,
        .mark = cases[_i].own ? own : taken };
    ck_assert_int_eq(accounts_verify(unit(0), &v, &session), OK);
    ck_assert_int_eq(session != NULL, cases[_i].in);
}
END_TEST

START_TEST(a_verification_link_works_once_and_for_a_day)
{
    char token[64];
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    snprintf(token, sizeof token, "%s", mailed_token(unit(1), "verify"));
    ck_assert_int_eq(verify(unit(86398), token), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT verified_at IS NOT NULL FROM users"), 1);
    ck_assert_int_eq(verify(unit(0), token), R_GONE);
}
END_TEST

START_TEST(a_verification_link_is_too_old_after_a_day)
{
    char token[64];
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    snprintf(token, sizeof token, "%s", mailed_token(unit(1), "verify"));
    ck_assert_int_eq(verify(unit(86399), token), R_GONE);
    ck_assert_int_eq(db_test_int(&t, "SELECT verified_at IS NULL FROM users"), 1);
}
END_TEST

START_TEST(a_second_registration_leaves_the_first_alone)
{
    struct registration other = ann;
    other.email = "ann@example.COM";
    other.password = "something else 99";
    other.role = ROLE_HOST;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(accounts_register(unit(0), &other, &mark), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM users"), 1);
    ck_assert_int_eq(db_test_int(&t, "SELECT role = 'vendor' FROM users"), 1);
    ck_assert_int_eq(
        db_test_int(
            &t, "SELECT COUNT(*) FROM outbox WHERE kind = 'already_registered'"),
        1);
}
END_TEST

START_TEST(a_reset_ends_every_session_and_works_once)
{
    const char *session;
    char token[64];
    struct session found;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(
        accounts_login(unit(0), ann.email, ann.password, "192.0.2.1", "test", &session),
        OK);
    char kept[64];
    snprintf(kept, sizeof kept, "%s", session);
    ck_assert_int_eq(accounts_forgot(unit(0), "ANN@example.com", "192.0.2.1"), OK);
    snprintf(token, sizeof token, "%s", mailed_token(unit(1), "reset"));
    ck_assert_int_eq(sessions_find(unit(0), kept, &found), OK);
    ck_assert_int_eq(accounts_reset(unit(0), token, "a new copper kettle"), OK);
    ck_assert_int_eq(sessions_find(unit(0), kept, &found), R_NOT_FOUND);
    ck_assert_int_eq(accounts_reset(unit(0), token, "another copper kettle"), R_GONE);
    ck_assert_int_eq(
        accounts_login(unit(0), ann.email, ann.password, "192.0.2.1", "test", &session),
        R_DENIED);
    ck_assert_int_eq(accounts_login(unit(0), ann.email, "a new copper kettle",
                         "192.0.2.1", "test", &session),
        OK);
}
END_TEST

START_TEST(forgetting_says_the_same_for_unknown_addresses_and_mails_nobody)
{
    ck_assert_int_eq(accounts_forgot(unit(0), "nobody@example.com", "192.0.2.1"), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox"), 0);
}
END_TEST

START_TEST(sessions_end_when_idle_in_the_end_and_for_the_suspended)
{
    const char *token;
    struct session s;
    int64_t id = make_user(&t, "vendor");
    struct ctx *c = unit(0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(sessions_open(c, id, "192.0.2.1", "test", &token), OK);
    char kept[64];
    snprintf(kept, sizeof kept, "%s", token);
    ck_assert_int_eq(db_commit(c->db), OK);
    ck_assert_int_eq(sessions_find(unit(0), kept, &s), OK);
    ck_assert_int_eq(sessions_find(unit(t.app.conf.session_idle_s - 1), kept, &s), OK);
    ck_assert_int_eq(sessions_touch(unit(0), kept), OK);
    ck_assert_int_eq(
        sessions_find(unit(t.app.conf.session_idle_s), kept, &s), R_NOT_FOUND);
    db_test_exec(
        &t, "UPDATE sessions SET seen_at = %lld", (long long)t.app.fixed_now_at);
    ck_assert_int_eq(sessions_find(unit(1), kept, &s), OK);
    db_test_exec(&t, "UPDATE users SET state = 'suspended'");
    ck_assert_int_eq(sessions_find(unit(0), kept, &s), R_NOT_FOUND);
}
END_TEST

static const struct {
    int line;
    const char *password;
    bool taken;
} passwords[] = {
    { __LINE__, "copper kettle seven", true },
    { __LINE__, "short", false },
    { __LINE__, "password", false },
    { __LINE__, "PASSWORD", false },
    { __LINE__, "aaaaaaaaaaaa", false },
    { __LINE__, "12345678", false },
    { __LINE__, "sunshine1", false },
    { __LINE__, "ann.oneil99", false },
    { __LINE__, "Ann.ONeil@example.com", false },
    { __LINE__, "ann.oneil@example.com!1", false },
    { __LINE__, "ann o'neil", false },
    { __LINE__, "Summer2026!", false },
    { __LINE__, "Password-123456789", false },
    { __LINE__, "prepkitchen", false },
    { __LINE__, "Kitchen2026!", false },
    { __LINE__, "prep2026", false },
    { __LINE__, "prep a kitchen for forty", true },
    { __LINE__, "gravel lantern 2026!", true },
    { __LINE__, "lantern-83920174", true },
    { __LINE__,
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe5\x8f\xb0\xe6\x89\x80\xe3"
        "\x81\xa7\xe3\x81\x99",
        true },
};

/* N characters that are on no list: letters of one byte, of two, of three and of four.
 */
static const char *const alphabets[] = { "qwzxkvjpbg",
    "\xc3\xa9\xc3\xbc\xc3\xb8\xc3\xa5\xc3\xb1",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe5\x8f\xb0\xe6\x89\x80",
    "\xf0\x9f\x8d\x9e\xf0\x9f\xa5\x90\xf0\x9f\xa5\x96\xf0\x9f\xab\x93" };

static const char *letters(struct ctx *c, size_t alphabet, size_t n)
{
    const char *all = alphabets[alphabet];
    size_t bytes = alphabet + 1, count = strlen(all) / bytes;
    char *text = arena_alloc(c->arena, n * bytes + 1);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * bytes, all + i % count * bytes, bytes);
    text[n * bytes] = '\0';
    return text;
}

START_TEST(a_password_has_8_to_128_characters_however_many_bytes_each_takes)
{
    size_t a = (size_t)_i;
    struct ctx *c = unit(0);
    ck_assert_str_eq(
        passwords_refuse(letters(c, a, 7), "", ""), "Use at least 8 characters.");
    ck_assert_ptr_null(passwords_refuse(letters(c, a, 8), "", ""));
    ck_assert_ptr_null(passwords_refuse(letters(c, a, 128), "", ""));
    ck_assert_str_eq(
        passwords_refuse(letters(c, a, 129), "", ""), "Use at most 128 characters.");
}
END_TEST

START_TEST(passwords_are_refused_when_short_common_or_personal)
{
    const char *why =
        passwords_refuse(passwords[_i].password, "ann.oneil@example.com", "Ann O'Neil");
    ck_assert_msg((why == NULL) == passwords[_i].taken, "case at line %d: %s",
        passwords[_i].line, why == NULL ? "taken" : why);
}
END_TEST

START_TEST(a_stored_hash_that_asks_for_too_much_is_not_even_tried)
{
    struct ctx *c = unit(0);
    ck_assert_int_eq(passwords_verify(c, "x",
                         "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
                         "RdescudvJCsgt3ub+b4dWRWJTmaaJObG0Wb0Zz0Zz0Y"),
        R_DENIED);
}
END_TEST

/* As somebody at ADDRESS; the throttles count by address and by account. */
static enum result log_in(const char *password, const char *address)
{
    const char *token;
    return accounts_login(unit(0), "ann@example.com", password, address, "", &token);
}

START_TEST(strangers_cannot_lock_the_owner_out)
{
    t.app.conf.login_tries = 3;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(log_in(ann.password, "192.0.2.1"), OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(log_in("wrong", "198.51.100.7"), R_DENIED);
    ck_assert_int_eq(log_in(ann.password, "198.51.100.7"), R_LIMITED);
    ck_assert_int_eq(log_in(ann.password, "203.0.113.5"), R_LIMITED);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(log_in("wrong", "192.0.2.1"), R_DENIED);
    ck_assert_int_eq(log_in(ann.password, "192.0.2.1"), OK);
}
END_TEST

START_TEST(a_known_address_has_no_more_tries_than_others)
{
    t.app.conf.login_tries = 3;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(log_in(ann.password, "192.0.2.1"), OK);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(log_in("wrong", "192.0.2.1"), R_DENIED);
    ck_assert_int_eq(log_in(ann.password, "192.0.2.1"), R_LIMITED);
}
END_TEST

START_TEST(nobody_is_flooded_with_mail_by_registering_his_address)
{
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), R_LIMITED);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox"), 5);
}
END_TEST

/* Person I tries something from ADDRESS. */
static enum result log_in_as(int i, const char *address)
{
    const char *token;
    struct ctx *c = unit(0);
    const char *email = ctx_printf(c, "person%d@example.com", i);
    return accounts_login(c, email, "wrong wrong", address, "", &token);
}

static enum result forget_as(int i, const char *address)
{
    struct ctx *c = unit(0);
    return accounts_forgot(c, ctx_printf(c, "person%d@example.com", i), address);
}

static enum result register_as(int i, const char *address)
{
    struct ctx *c = unit(0);
    struct registration r = ann;
    r.email = ctx_printf(c, "person%d@example.com", i);
    r.address = address;
    return accounts_register(c, &r, &mark);
}

static const struct {
    enum result (*try)(int i, const char *address);
    int max;
    enum result usual;
} addresses[] = {
    { log_in_as, 15, R_DENIED }, /* five times the three of an account */
    { forget_as, 25, OK },
    { register_as, 20, OK },
};

START_TEST(one_address_has_so_many_tries_with_however_many_accounts)
{
    int max = addresses[_i].max;
    enum result usual = addresses[_i].usual;
    t.app.conf.login_tries = 3;
    for (int i = 0; i < max; i++)
        ck_assert_int_eq(addresses[_i].try(i, "198.51.100.7"), usual);
    int64_t users = db_test_int(&t, "SELECT COUNT(*) FROM users");
    ck_assert_int_eq(addresses[_i].try(max, "198.51.100.7"), R_LIMITED);
    ck_assert_int_gt(t.c.retry_after_s, 0);
    ck_assert_int_le(t.c.retry_after_s, THROTTLES_WINDOW_S);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM users"), users);
    ck_assert_int_eq(addresses[_i].try(max, "203.0.113.5"), usual);
    db_test_end(&t);
    t.app.fixed_now_at += THROTTLES_WINDOW_S;
    ck_assert_int_eq(addresses[_i].try(max + 1, "198.51.100.7"), usual);
}
END_TEST

START_TEST(a_granted_role_ends_the_sessions_of_the_old_one)
{
    const char *token;
    struct session s;
    struct ctx *c = unit(0);
    ck_assert_int_eq(accounts_register(c, &ann, &mark), OK);
    ck_assert_int_eq(
        accounts_grant(unit(0), "bob@example.com", ROLE_ADMIN), R_NOT_FOUND);
    c = unit(0);
    ck_assert_int_eq(db_begin(c->db), OK);
    ck_assert_int_eq(sessions_open(c, 1, "192.0.2.1", "test", &token), OK);
    ck_assert_int_eq(db_commit(c->db), OK);
    char kept[64];
    snprintf(kept, sizeof kept, "%s", token);
    ck_assert_int_eq(accounts_grant(unit(0), "ANN@example.com", ROLE_SUPPORT), OK);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM users WHERE role = 'support'"), 1);
    ck_assert_int_eq(sessions_find(unit(0), kept, &s), R_NOT_FOUND);
}
END_TEST

START_TEST(closing_sessions_is_in_the_audit_trail)
{
    const char *token;
    ck_assert_int_eq(accounts_register(unit(0), &ann, &mark), OK);
    ck_assert_int_eq(log_in(ann.password, "192.0.2.1"), OK);
    struct ctx *c = unit(0);
    ck_assert_int_eq(accounts_login(c, ann.email, ann.password, "", "", &token), OK);
    ck_assert_int_eq(accounts_logout_others(c, token), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM sessions"), 1);
    ck_assert_int_eq(accounts_logout(c, token), OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM sessions"), 0);
    ck_assert_int_eq(
        db_test_int(
            &t, "SELECT COUNT(*) FROM audit WHERE action LIKE 'account.logout%%'"),
        2);
}
END_TEST

void unit_domain_accounts(Suite *s)
{
    TCase *k = tcase_create("accounts");
    tcase_add_checked_fixture(k, open_db, close_db);
    tcase_set_timeout(k, 120);
    tcase_add_loop_test(
        k, only_the_browser_that_made_the_account_is_logged_in_by_its_link, 0, 5);
    tcase_add_test(k, a_verification_link_works_once_and_for_a_day);
    tcase_add_test(k, a_verification_link_is_too_old_after_a_day);
    tcase_add_test(k, a_second_registration_leaves_the_first_alone);
    tcase_add_test(k, a_reset_ends_every_session_and_works_once);
    tcase_add_test(k, forgetting_says_the_same_for_unknown_addresses_and_mails_nobody);
    tcase_add_test(k, sessions_end_when_idle_in_the_end_and_for_the_suspended);
    tcase_add_loop_test(
        k, passwords_are_refused_when_short_common_or_personal, 0, COUNT_OF(passwords));
    tcase_add_loop_test(k,
        a_password_has_8_to_128_characters_however_many_bytes_each_takes, 0,
        COUNT_OF(alphabets));
    tcase_add_loop_test(k, one_address_has_so_many_tries_with_however_many_accounts, 0,
        COUNT_OF(addresses));
    tcase_add_test(k, a_stored_hash_that_asks_for_too_much_is_not_even_tried);
    tcase_add_test(k, strangers_cannot_lock_the_owner_out);
    tcase_add_test(k, a_known_address_has_no_more_tries_than_others);
    tcase_add_test(k, nobody_is_flooded_with_mail_by_registering_his_address);
    tcase_add_test(k, a_granted_role_ends_the_sessions_of_the_old_one);
    tcase_add_test(k, closing_sessions_is_in_the_audit_trail);
    suite_add_tcase(s, k);
}
