/* The processes: which pool does what, and what happens to requests while processes
 * are killed, replaced and told to end. Each test has a site of its own. */
#include "http.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "http/people.h"
#include "util/guard.h"
#include "util/json.h"
#include "util/text.h"

enum { PATIENCE_MS = 20000 };

static struct stack own;
static struct client c;

static void open_own(void)
{
    stack_start(&own, false);
    client_open(&c, &own);
}

static void close_own(void)
{
    client_close(&c);
    stack_stop(&own);
}

/* ---- reading the log
 * --------------------------------------------------------------------- */

/* How many lines have TEXT in them. */
static int lines_with(const char *text)
{
    struct buf log;
    int n = 0;
    buf_init(&log, 64 * 1024 * 1024);
    stack_log_read(&own, 0, &log);
    for (const char *at = log.at; (at = strstr(at, text)) != NULL; n++)
        at += strcspn(at, "\n");
    buf_free(&log);
    return n;
}

struct line_count {
    const char *text;
    int n;
};

static bool has_lines(void *arg)
{
    const struct line_count *w = arg;
    return lines_with(w->text) >= w->n;
}

static void await_lines(const char *text, int n)
{
    struct line_count w = { text, n };
    ck_assert_msg(
        stack_await(has_lines, &w, PATIENCE_MS), "%s did not come %d times", text, n);
}

/* ---- which pool
 * ------------------------------------------------------------------------------ */

static const struct {
    const char *method, *path, *pool;
} ways[] = {
    { "GET", "/", "web" },
    { "GET", "/search?where=Austin", "web" },
    { "GET", "/bookings", "web" },
    { "POST", "/listings/1/book", "book" },
    { "POST", "/stripe/webhook", "book" },
    { "POST", "/stripe/webhook-connect", "book" },
    { "GET", "/login", "auth" },
    { "POST", "/login", "auth" },
    { "POST", "/signup", "auth" },
    { "POST", "/forgot-password", "auth" },
    { "POST", "/reset-password", "auth" },
    { "POST", "/account/password", "auth" },
    { "POST", "/checkout/1/intent", "slow" },
    { "POST", "/host/stripe/connect", "slow" },
    { "POST", "/host/listings/1/photos", "slow" },
    { "POST", "/host/listings/1/documents", "slow" },
    { "POST", "/host/listings/1/edit", "web" },
};

/* On the common site: nothing is harmed here. */
START_TEST(each_kind_of_work_has_its_pool)
{
    struct buf log;
    client_open(&c, &stack);
    int64_t before = stack_log_length(&stack);
    buf_init(&log, 65536);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct client_request r = { ways[i].method, ways[i].path };
        if (text_is(ways[i].method, "POST")) {
            r.type = "application/x-www-form-urlencoded";
            r.body = "a=b";
            r.n = 3;
        }
        client_send(&c, &r);
        stack_log_read(&stack, before, &log);
        before = stack_log_length(&stack);
        ck_assert_msg(strstr(log.at, arena_printf(c.arena, "\"pool\":\"%s\"",
                                         ways[i].pool)) != NULL,
            "%s %s is not done by %s: %s", ways[i].method, ways[i].path, ways[i].pool,
            log.at);
        buf_clear(&log);
    }
    buf_free(&log);
    client_close(&c);
}
END_TEST

/* ---- a flood of logins
 * -------------------------------------------------------------------------- */

START_TEST(pages_are_answered_during_a_flood_of_logins)
{
    enum { LOGINS = 60, PAGES = 60 };
    static struct shot shots[LOGINS + PAGES];
    double page_s = 0, login_s = 0;
    int answered = 0;
    client_get(&c, "/login");
    const char *cookie =
        arena_printf(c.arena, "__Host-browser=%s", client_cookie(&c, "__Host-browser"));
    const char *csrf = client_csrf(&c);
    for (int i = 0; i < LOGINS + PAGES; i++)
        shots[i] = i % 2 == 0 ? (struct shot) { .path = "/login",
            .cookie = cookie,
            .fields = arena_printf(c.arena,
                "email=p%d%%40http.test&password=wrong+wrong&next=&csrf=%s", i, csrf) }
                              : (struct shot) { .path = "/terms" };
    client_volley(&own, shots, COUNT_OF(shots));
    for (size_t i = 0; i < COUNT_OF(shots); i++) {
        bool login = i % 2 == 0;
        ck_assert_msg(login ? shots[i].status == 422 || shots[i].status == 429
                            : shots[i].status == 200,
            "%s: %d", shots[i].path, shots[i].status);
        answered += login && shots[i].status == 422;
        double *slowest = login ? &login_s : &page_s;
        *slowest = shots[i].s > *slowest ? shots[i].s : *slowest;
    }
    ck_assert_int_gt(answered, 10); /* really hashed, not all throttled */
    fprintf(stderr, "pools: slowest page %.0f ms beside slowest login %.0f ms\n",
        page_s * 1000, login_s * 1000);
}
END_TEST

START_TEST(nginx_slows_down_who_floods_and_says_when_to_come_back)
{
    enum { LOGINS = 60 };
    static struct shot shots[LOGINS];
    struct stack limited = own;
    int refused = 0;
    snprintf(limited.url, sizeof limited.url, "http://127.0.0.1:%d", own.limited_port);
    for (int i = 0; i < LOGINS; i++)
        shots[i] = (struct shot) { .path = "/login" };
    client_volley(&limited, shots, LOGINS);
    for (int i = 0; i < LOGINS; i++) {
        ck_assert_msg(
            shots[i].status == 200 || shots[i].status == 429, "%d", shots[i].status);
        refused += shots[i].status == 429;
    }
    ck_assert_int_gt(refused, 10);
    struct client other;
    client_open(&other, &limited);
    while (client_get(&other, "/login") != 429)
        ck_assert_int_eq(other.status, 200);
    ck_assert_ptr_nonnull(client_header(&other, "Retry-After"));
    ck_assert_str_eq(client_header(&other, "X-Content-Type-Options"), "nosniff");
    ck_assert_int_eq(
        client_get(&other, "/terms"), 200); /* pages have a limit of their own */
    client_close(&other);
}
END_TEST

START_TEST(guessing_a_password_is_stopped_whatever_address_a_header_claims)
{
    client_get(&c, "/login");
    const char *body = arena_printf(c.arena,
        "email=somebody%%40http.test&password=wrong+wrong&next=&csrf=%s",
        client_csrf(&c));
    for (int i = 0; i <= own.conf.login_tries; i++) {
        struct client_request r = { "POST", "/login",
            "application/x-www-form-urlencoded", body, strlen(body),
            { arena_printf(c.arena, "X-Forwarded-For: 203.0.113.%d", i) } };
        int status = client_send(&c, &r);
        ck_assert_msg(
            status == (i < own.conf.login_tries ? 422 : 429), "try %d: %d", i, status);
    }
    ck_assert_ptr_nonnull(client_header(&c, "Retry-After"));
}
END_TEST

START_TEST(five_mails_at_most_for_somebody_who_asks_50_times_for_a_new_password)
{
    int refused = 0;
    people_open(&own);
    people_add("vendor");
    const char *email = people_text(c.arena, "SELECT email FROM users");
    client_get(&c, "/forgot-password");
    const char *body =
        arena_printf(c.arena, "email=%s&csrf=%s", email, client_csrf(&c));
    for (int i = 0; i < 50; i++) {
        int status = client_post_bare(&c, "/forgot-password", body);
        ck_assert_msg(status < 400 || status == 429, "%d", status);
        refused += status == 429;
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_ptr_nonnull(client_header(&c, "Retry-After"));
    int64_t mails = people_int("SELECT COUNT(*) FROM outbox WHERE kind = 'reset'");
    ck_assert_msg(mails >= 1 && mails <= 5, "%d mails", (int)mails);
    people_close();
}
END_TEST

/* ---- who dies
 * -------------------------------------------------------------------------------------
 */

/* The pid of a worker of the site whose name begins so; 0. */
static pid_t worker_named(const char *name)
{
    pid_t found = 0;
    struct buf line;
    DIR *proc = opendir("/proc");
    CHECK(proc != NULL);
    buf_init(&line, 4096);
    for (struct dirent *e; found == 0 && (e = readdir(proc)) != NULL;) {
        char path[300], stat[512] = "";
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        FILE *f = strspn(e->d_name, "0123456789") > 0 ? fopen(path, "re") : NULL;
        if (f == NULL)
            continue;
        stat[fread(stat, 1, sizeof stat - 1, f)] = '\0';
        fclose(f);
        const char *comm = strchr(stat, '('), *end = strrchr(stat, ')');
        if (comm != NULL && end != NULL && text_starts(comm + 1, name) &&
            strlen(end) > 4 && strtol(end + 4, NULL, 10) == own.prep && end[2] != 'Z')
            found = (pid_t)strtol(stat, NULL, 10);
    }
    closedir(proc);
    buf_free(&line);
    return found;
}

struct wanted {
    const char *name;
    pid_t not_this;
};

static bool is_back(void *arg)
{
    const struct wanted *w = arg;
    pid_t pid = worker_named(w->name);
    return pid != 0 && pid != w->not_this;
}

START_TEST(workers_killed_20_times_in_a_row_are_replaced_and_the_site_answers)
{
    static const char *const names[] = { "prep-web-1", "prep-book-1", "prep-auth-1",
        "prep-slow-1", "prep-web-2", "prep-slow-2", "prep-jobs-1" };
    for (int i = 0; i < 20; i++) {
        const char *name = names[(size_t)i % COUNT_OF(names)];
        struct wanted w = { name, worker_named(name) };
        ck_assert_msg(w.not_this != 0, "%s does not run", name);
        kill(w.not_this, SIGKILL);
        ck_assert_msg(client_get(&c, "/readyz") == 200, "after %d: %d", i, c.status);
        ck_assert_msg(
            stack_await(is_back, &w, PATIENCE_MS), "%s did not come back", name);
    }
    ck_assert_int_eq(lines_with("\"how\":\"signal KILL\""), 20);
    ck_assert_int_eq(client_get(&c, "/login"), 200);
    ck_assert_int_eq(client_post_bare(&c, "/stripe/webhook", ""), 400);
    stack_log_check(&own, 0, true);
}
END_TEST

START_TEST(a_request_waits_for_the_only_worker_of_its_pool_to_come_back)
{
    struct wanted w = { "prep-book-1", worker_named("prep-book-1") };
    kill(w.not_this, SIGKILL);
    ck_assert_int_eq(client_post_bare(&c, "/stripe/webhook", ""), 400);
    ck_assert(is_back(&w));
}
END_TEST

/* ---- reload and end
 * -----------------------------------------------------------------------------------
 */

static void check_all_200(struct shot *shots, size_t n, const char *when)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(
            shots[i].status == 200, "%s: request %zu: %d", when, i, shots[i].status);
}

START_TEST(a_reload_under_load_loses_no_request)
{
    enum { CROWD = 40, RELOADS = 3 };
    static struct shot shots[CROWD];
    const struct conf *conf = &own.conf;
    int processes = (int)(conf->web_workers + conf->book_workers + conf->auth_workers +
                          conf->slow_workers + conf->jobs);
    for (int i = 0; i < CROWD; i++)
        shots[i] = (struct shot) { .path = i % 4 == 0 ? "/login" : "/terms" };
    for (int reload = 1; reload <= RELOADS; reload++) {
        kill(own.prep, SIGHUP);
        do {
            client_volley(&own, shots, CROWD);
            check_all_200(shots, CROWD, "during a reload");
        } while (lines_with("\"event\":\"ended\"") < reload * processes);
    }
    client_volley(&own, shots, CROWD);
    check_all_200(shots, CROWD, "after it");
    ck_assert_int_eq(lines_with("\"event\":\"ended\""), RELOADS * processes);
    stack_log_check(&own, 0, false);
}
END_TEST

START_TEST(bad_settings_refuse_a_reload_and_the_old_ones_work_on)
{
    FILE *f = fopen(stack_path(&own, "prep.conf"), "ae");
    ck_assert_ptr_nonnull(f);
    fputs("web_workers = many\n", f);
    fclose(f);
    kill(own.prep, SIGHUP);
    await_lines("\"event\":\"reload\"", 1);
    ck_assert_int_eq(client_get(&c, "/terms"), 200);
}
END_TEST

/* Whatever a worker has begun is answered; who comes later is told by nginx. */
START_TEST(told_to_end_it_answers_what_is_begun_and_ends_with_0)
{
    enum { CROWD = 40 };
    static struct shot shots[CROWD];
    int done = 0;
    pid_t killer = fork();
    CHECK(killer >= 0);
    if (killer == 0) {
        struct line_count w = { "\"route\":\"/terms\"", 5 };
        stack_await(has_lines, &w, PATIENCE_MS);
        kill(own.prep, SIGTERM);
        _exit(0);
    }
    for (int round = 0; round < 1000 && done == round * CROWD; round++) {
        for (int i = 0; i < CROWD; i++)
            shots[i] = (struct shot) { .path = "/terms" };
        client_volley(&own, shots, CROWD);
        for (int i = 0; i < CROWD; i++) {
            ck_assert_msg(shots[i].status == 200 || shots[i].status == 502, "%d",
                shots[i].status);
            done += shots[i].status == 200;
        }
    }
    ck_assert_int_eq(waitpid(killer, NULL, 0), killer);
    int status = -1;
    ck_assert_int_eq(waitpid(own.prep, &status, 0), own.prep);
    own.prep = 0;
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(lines_with("\"route\":\"/terms\""), done);
    ck_assert_int_eq(client_get(&c, "/terms"), 502);
    ck_assert(client_shows(&c, "<html"));
    ck_assert_ptr_nonnull(client_header(&c, "Retry-After"));
    ck_assert_str_eq(client_header(&c, "X-Content-Type-Options"), "nosniff");
    stack_log_check(&own, 0, false);
}
END_TEST

START_TEST(a_site_that_was_killed_starts_again_over_what_it_left_behind)
{
    kill(own.prep, SIGKILL);
    ck_assert_int_eq(waitpid(own.prep, NULL, 0), own.prep);
    stack_serve(&own);
    ck_assert_int_eq(client_get(&c, "/readyz"), 200);
    ck_assert_int_eq(client_get(&c, "/login"), 200);
}
END_TEST

void http_pools(Suite *s)
{
    tcase_add_test(stack_tcase(s, "ways"), each_kind_of_work_has_its_pool);
    TCase *t = tcase_create("pools");
    tcase_add_checked_fixture(t, open_own, close_own);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, pages_are_answered_during_a_flood_of_logins);
    tcase_add_test(t, nginx_slows_down_who_floods_and_says_when_to_come_back);
    tcase_add_test(t, guessing_a_password_is_stopped_whatever_address_a_header_claims);
    tcase_add_test(
        t, five_mails_at_most_for_somebody_who_asks_50_times_for_a_new_password);
    tcase_add_test(
        t, workers_killed_20_times_in_a_row_are_replaced_and_the_site_answers);
    tcase_add_test(t, a_request_waits_for_the_only_worker_of_its_pool_to_come_back);
    tcase_add_test(t, a_reload_under_load_loses_no_request);
    tcase_add_test(t, bad_settings_refuse_a_reload_and_the_old_ones_work_on);
    tcase_add_test(t, told_to_end_it_answers_what_is_begun_and_ends_with_0);
    tcase_add_test(t, a_site_that_was_killed_starts_again_over_what_it_left_behind);
    suite_add_tcase(s, t);
}
