/* Who is logged in, for how long, and which forms count: the cookie, its renewal and
 * end, CSRF tokens, and where a login leads. */
#include "http.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "http/people.h"
#include "util/guard.h"
#include "util/text.h"

static struct client c;
static int64_t now_at;

static void open_client(void)
{
    now_at = time(NULL);
    client_open(&c, &stack);
    people_open(&stack);
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

static bool logged_in(void)
{
    return client_get(&c, "/account") == 200;
}

/* ---- the session ---- */

static int log_in(const char *next)
{
    client_get(&c, "/login");
    return client_post(&c, "/login",
        arena_printf(c.arena,
            "email=vendor%%40demo.test&password=copper+kettle+seven&next=%s", next));
}

START_TEST(a_login_gets_a_token_of_its_own_and_a_logout_ends_it)
{
    ck_assert_int_eq(log_in(""), 303);
    const char *first = client_cookie(&c, "__Host-prep");
    ck_assert_uint_eq(strlen(first), 43);
    ck_assert(logged_in());
    ck_assert_int_eq(client_post(&c, "/logout", ""), 303);
    ck_assert_str_eq(client_cookie(&c, "__Host-prep"), "");
    client_use_session(&c, first);
    ck_assert_int_eq(client_get(&c, "/account"), 303);
    ck_assert_str_eq(c.location, "/login?next=%2Faccount");
    client_forget(&c);
    ck_assert_int_eq(log_in(""), 303);
    ck_assert_str_ne(client_cookie(&c, "__Host-prep"), first);
}
END_TEST

START_TEST(a_token_planted_before_the_login_is_worth_nothing_after_it)
{
    static const char planted[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    client_use_session(&c, planted);
    ck_assert(!logged_in());
    ck_assert_int_eq(log_in(""), 303);
    ck_assert_str_ne(client_cookie(&c, "__Host-prep"), planted);
    client_forget(&c);
    client_use_session(&c, planted);
    ck_assert(!logged_in());
}
END_TEST

START_TEST(the_cookie_is_host_only_secure_and_hidden_from_script)
{
    log_in("");
    const char *line = client_header(&c, "Set-Cookie");
    static const char *const parts[] = { "; Path=/", "; Secure", "; HttpOnly",
        "; SameSite=Lax" };
    ck_assert(text_starts(line, "__Host-"));
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        ck_assert_msg(strcasestr(line, parts[i]) != NULL, "%s: no %s", line, parts[i]);
    ck_assert_ptr_null(strcasestr(line, "domain="));
}
END_TEST

START_TEST(a_session_ends_after_a_pause_and_after_its_time_in_any_case)
{
    static const struct {
        const char *role;
        bool staff;
    } roles[] = { { "vendor", false }, { "admin", true } };
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        int64_t idle_s =
            roles[i].staff ? stack.conf.staff_idle_s : stack.conf.session_idle_s;
        people_clock(now_at - idle_s + 60);
        struct person p = people_add(roles[i].role);
        people_log_in(&c, &p);
        ck_assert_msg(logged_in(), "%s: ended too early", roles[i].role);
        people_clock(now_at - idle_s - 60);
        p = people_add(roles[i].role);
        people_log_in(&c, &p);
        ck_assert_msg(!logged_in(), "%s: did not end", roles[i].role);
    }
    people_clock(0);
}
END_TEST

START_TEST(no_page_waits_for_the_write_lock_though_its_session_is_noted)
{
    people_clock(now_at - 3600);
    struct person p = people_add("vendor");
    people_clock(0);
    people_log_in(&c, &p);
    int lock = open(arena_printf(c.arena, "%s/prep.db.lock", stack.conf.data_dir),
        O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(lock, 0);
    ck_assert_int_eq(flock(lock, LOCK_EX), 0);
    ck_assert(logged_in());
    close(lock); /* which gives it back */
    int64_t seen_at = 0;
    for (int i = 0; i < 100 && seen_at < now_at; i++) {
        nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
        seen_at = people_int(
            "SELECT seen_at FROM sessions WHERE user_id = %lld", (long long)p.id);
    }
    ck_assert_int_ge(seen_at, now_at);
}
END_TEST

START_TEST(a_suspended_account_is_out_at_its_next_request)
{
    struct person p = people_add("vendor"), admin = people_demo("admin@demo.test");
    struct client office;
    people_log_in(&c, &p);
    ck_assert(logged_in());
    client_open(&office, &stack);
    people_log_in(&office, &admin);
    const char *path = arena_printf(c.arena, "/admin/users/%lld", (long long)p.id);
    ck_assert_int_eq(client_get(&office, path), 200);
    ck_assert_int_eq(client_post(&office, path, "act=suspend&reason=A+test"), 303);
    ck_assert(!logged_in());
    client_close(&office);
}
END_TEST

START_TEST(a_new_password_ends_all_other_sessions)
{
    client_get(&c, "/signup");
    ck_assert_int_eq(
        client_post(&c, "/signup",
            "role=vendor&full_name=Pat&business_name=&phone=&accept_terms=1"
            "&email=pat%40http.test&password=copper+kettle+nine"),
        303);
    struct person other = people_demo("pat@http.test"),
                  mine = people_demo("pat@http.test");
    people_log_in(&c, &other);
    ck_assert(logged_in());
    people_log_in(&c, &mine);
    ck_assert(logged_in());
    ck_assert_int_eq(client_post(&c, "/account/password",
                         "current=copper+kettle+nine&password=copper+kettle+eleven"),
        303);
    ck_assert(logged_in());
    people_log_in(&c, &other);
    ck_assert(!logged_in());
}
END_TEST

/* ---- where a login leads ---- */

static const struct {
    const char *next, *location;
} nexts[] = {
    { "%2Faccount", "/account" },
    { "%2Faccount%3Fa%3Db", "/account?a=b" },
    { "%2F%2Fevil.example", "/dashboard" },
    { "https%3A%2F%2Fevil.example", "/dashboard" },
    { "https%3Aevil.example", "/dashboard" },
    { "%2F%5Cevil.example", "/dashboard" },
    { "%5C%5Cevil.example", "/dashboard" },
    { "%09%2F%2Fevil.example", "/dashboard" },
    { "%2F%09%2Fevil.example", "/dashboard" },
    { "%2Fa%0D%0ASet-Cookie%3A+a%3Db", "/dashboard" },
    { "javascript%3Aalert(1)", "/dashboard" },
    { "evil", "/dashboard" },
};

START_TEST(a_login_leads_to_a_page_of_this_site_only)
{
    int status = log_in(nexts[_i].next);
    ck_assert_msg(status == 303 || status == 422, "%s: %d", nexts[_i].next, status);
    ck_assert_str_eq(c.location, status == 303 ? nexts[_i].location : "");
    ck_assert_ptr_null(strstr(c.head.at, "a=b\r\nSet"));
}
END_TEST

/* ---- forms
 * ------------------------------------------------------------------------------------
 */

struct forgery {
    const char *name, *token; /* token: good, none, wrong, foreign */
    const char *headers[2];
};

static const struct forgery forgeries[] = {
    { "no token", "none", { 0 } },
    { "a wrong token", "wrong", { 0 } },
    { "another session's token", "foreign", { 0 } },
    { "from another site", "good", { "Sec-Fetch-Site: cross-site" } },
    { "from a neighbouring site", "good", { "Sec-Fetch-Site: same-site" } },
    { "from another origin", "good", { "Origin: https://evil.example" } },
    { "from no origin", "good", { "Origin: null" } },
};

START_TEST(a_forged_form_is_403_and_changes_nothing)
{
    const struct forgery *f = &forgeries[_i];
    struct person p = people_add("vendor"), other = people_add("vendor");
    people_log_in(&c, &p);
    const char *token = text_is(f->token, "good") ? p.csrf
                        : text_is(f->token, "foreign")
                            ? other.csrf
                            : "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const char *body =
        arena_printf(c.arena, "full_name=Mallory&business_name=&phone=%s%s",
            text_is(f->token, "none") ? "" : "&csrf=",
            text_is(f->token, "none") ? "" : token);
    const char *before = people_snapshot(c.arena);
    struct client_request r = { "POST", "/account", "application/x-www-form-urlencoded",
        body, strlen(body), { f->headers[0], f->headers[1] } };
    ck_assert_msg(client_send(&c, &r) == 403, "%s: %d", f->name, c.status);
    ck_assert(client_shows(&c, "PC-FORM-403"));
    ck_assert_str_eq(people_changes(c.arena, before), "");
}
END_TEST

START_TEST(the_same_form_with_its_token_is_taken)
{
    struct person p = people_add("vendor");
    people_log_in(&c, &p);
    client_get(&c, "/account");
    struct client_request r = { "POST", "/account", "application/x-www-form-urlencoded",
        .headers = { "Sec-Fetch-Site: same-origin" } };
    r.body = arena_printf(
        c.arena, "full_name=Nan&business_name=&phone=&csrf=%s", client_csrf(&c));
    r.n = strlen(r.body);
    ck_assert_int_eq(client_send(&c, &r), 303);
    ck_assert_str_eq(people_text(c.arena, "SELECT full_name FROM users WHERE id = %lld",
                         (long long)p.id),
        "Nan");
}
END_TEST

START_TEST(login_and_logout_want_a_token_too)
{
    ck_assert_int_eq(client_post_bare(&c, "/login",
                         "email=vendor%40demo.test&password=copper+kettle+seven&next="),
        403);
    ck_assert_str_eq(client_cookie(&c, "__Host-prep"), "");
    struct person p = people_add("vendor");
    people_log_in(&c, &p);
    ck_assert_int_eq(client_post_bare(&c, "/logout", ""), 403);
    ck_assert_int_eq(client_get(&c, "/logout"), 405);
    ck_assert(logged_in());
}
END_TEST

void http_sessions(Suite *s)
{
    TCase *t = stack_tcase(s, "sessions");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, a_login_gets_a_token_of_its_own_and_a_logout_ends_it);
    tcase_add_test(t, a_token_planted_before_the_login_is_worth_nothing_after_it);
    tcase_add_test(t, the_cookie_is_host_only_secure_and_hidden_from_script);
    tcase_add_test(t, a_session_ends_after_a_pause_and_after_its_time_in_any_case);
    tcase_add_test(t, no_page_waits_for_the_write_lock_though_its_session_is_noted);
    tcase_add_test(t, a_suspended_account_is_out_at_its_next_request);
    tcase_add_test(t, a_new_password_ends_all_other_sessions);
    tcase_add_loop_test(
        t, a_login_leads_to_a_page_of_this_site_only, 0, COUNT_OF(nexts));
    tcase_add_loop_test(
        t, a_forged_form_is_403_and_changes_nothing, 0, COUNT_OF(forgeries));
    tcase_add_test(t, the_same_form_with_its_token_is_taken);
    tcase_add_test(t, login_and_logout_want_a_token_too);
}
