/* What the supervisor promises, seen from outside through nginx: workers that die are
 * replaced, a reload loses no request, a shutdown finishes what is begun. Each test
 * has a site of its own. */
#include "http.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "http/client.h"
#include "support/event.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/text.h"

enum { PATIENCE_MS = 20000, KILLS = 20 };

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
    for (int i = 0; i < KILLS; i++) {
        const char *name = names[(size_t)i % COUNT_OF(names)];
        struct wanted w = { name, worker_named(name) };
        ck_assert_msg(w.not_this != 0, "%s does not run", name);
        kill(w.not_this, SIGKILL);
        ck_assert_msg(client_get(&c, "/readyz") == 200, "after %d: %d", i, c.status);
        ck_assert_msg(
            stack_await(is_back, &w, PATIENCE_MS), "%s did not come back", name);
    }
    ck_assert_int_eq(lines_with("\"how\":\"signal "), KILLS);
    ck_assert_int_eq(client_get(&c, "/login"), 200);
    ck_assert_int_eq(client_post_bare(&c, "/stripe/webhook", ""), 400);
    stack_log_check(&own, 0, true);
}
END_TEST

START_TEST(a_request_waits_for_the_only_worker_of_its_pool_to_come_back)
{
    struct wanted w = { "prep-auth-1", worker_named("prep-auth-1") };
    kill(w.not_this, SIGKILL);
    ck_assert_int_eq(client_get(&c, "/login"), 200);
    ck_assert(is_back(&w));
}
END_TEST

static void add_setting(const char *line)
{
    FILE *f = fopen(stack_path(&own, "prep.conf"), "ae");
    ck_assert_ptr_nonnull(f);
    fprintf(f, "%s\n", line);
    fclose(f);
}

#ifdef PREP_DEBUG /* with fault points */
static bool order_is_taken(void *arg)
{
    const char *const *order = arg;
    return access(*order, F_OK) != 0;
}

/* Asks as a crowd while another request's worker spins, in a process of its own. */
static pid_t crowd_behind(const char *order)
{
    enum { CROWD = 20 };
    static struct shot shots[CROWD];
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    CHECK(stack_await(order_is_taken, &order, PATIENCE_MS));
    for (int i = 0; i < CROWD; i++)
        shots[i] = (struct shot) { .path = i % 4 == 0 ? "/login" : "/terms" };
    client_volley(&own, shots, CROWD);
    for (int i = 0; i < CROWD; i++)
        CHECK(shots[i].status == 200);
    _exit(0);
}

START_TEST(a_worker_that_spins_is_killed_and_nobody_but_its_client_notices)
{
    const char *order = stack_path(&own, "run/fault");
    ck_assert_int_eq(stack_end(own.prep), 0);
    add_setting("request_max_s = 5");
    setenv("PREP_FAULT_FILE", order, 1);
    stack_serve(&own);
    pid_t before[] = { worker_named("prep-web-1"), worker_named("prep-web-2") };
    FILE *f = fopen(order, "we");
    ck_assert_ptr_nonnull(f);
    fputs("worker.spin prep-web", f);
    fclose(f);
    pid_t crowd = crowd_behind(order);
    ck_assert_int_eq(client_get(&c, "/terms"), 502);
    ck_assert(client_shows(&c, "PC-DOWN-503"));
    ck_assert_str_eq(client_header(&c, "Retry-After"), "5");
    int status = -1;
    ck_assert_int_eq(waitpid(crowd, &status, 0), crowd);
    ck_assert_int_eq(status, 0);
    await_lines("was at one request for over 5 s", 1);
    await_lines("\"how\":\"signal KILL\"", 1);
    struct wanted w[] = { { "prep-web-1", 0 }, { "prep-web-2", 0 } };
    for (size_t i = 0; i < COUNT_OF(w); i++)
        ck_assert(stack_await(is_back, &w[i], PATIENCE_MS));
    ck_assert_int_eq((worker_named("prep-web-1") != before[0]) +
                         (worker_named("prep-web-2") != before[1]),
        1);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(client_get(&c, "/terms"), 200);
    ck_assert_int_eq(lines_with("\"event\":\"stuck\""), 1);
    stack_log_check(&own, 0, true);
}
END_TEST
#endif

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

START_TEST(bad_settings_refuse_a_reload_and_the_same_workers_go_on)
{
    pid_t web = worker_named("prep-web-1"), book = worker_named("prep-book-1");
    add_setting("no_such_setting = 1");
    kill(own.prep, SIGHUP);
    await_lines("refused; generation 1 works on", 1);
    ck_assert_int_eq(lines_with("no_such_setting"), 1);
    ck_assert_int_eq(client_get(&c, "/terms"), 200);
    ck_assert_int_eq(worker_named("prep-web-1"), web);
    ck_assert_int_eq(worker_named("prep-book-1"), book);
}
END_TEST

struct delivery {
    const char *path, *secret;
};

/* Is what was signed with this secret taken? */
static bool is_signed(void *arg)
{
    const struct delivery *d = arg;
    const char *body = event_body(c.arena,
        &(struct event) {
            .id = "evt_rotation", .type = "rotated", .object = "{\"id\":\"x\"}" });
    return client_deliver(&c, d->path, body,
               event_signature(c.arena, body, d->secret, time(NULL))) == 200;
}

START_TEST(matrix_10_a_reload_takes_the_new_secrets_of_both_endpoints)
{
    static const struct {
        const char *path, *file, *after;
    } endpoints[] = {
        { "/stripe/webhook", "run/stripe-webhook", "whsec_rotated" },
        { "/stripe/webhook-connect", "run/stripe-connect", "whsec_rotated_too" },
    };
    const char *const before[] = { own.webhook_secret, own.connect_secret };
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        struct delivery d = { endpoints[i].path, endpoints[i].after };
        ck_assert(!is_signed(&d));
        FILE *f = fopen(stack_path(&own, endpoints[i].file), "ae");
        ck_assert_ptr_nonnull(f);
        fprintf(f, "%s\n", endpoints[i].after);
        fclose(f);
    }
    kill(own.prep, SIGHUP);
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        struct delivery d = { endpoints[i].path, endpoints[i].after };
        ck_assert(stack_await(is_signed, &d, PATIENCE_MS));
        d.secret = before[i]; /* both are good for as long as both are in the file */
        ck_assert(is_signed(&d));
    }
}
END_TEST

/* Whatever a worker has begun is answered; who comes later is told by nginx. */
START_TEST(told_to_end_it_answers_what_is_begun_and_ends_with_0)
{
    enum { CROWD = 40 };
    static struct shot shots[CROWD];
    int done = 0;
    pid_t web = worker_named("prep-web-1");
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
    ck_assert(client_shows(&c, "PC-DOWN-503"));
    ck_assert_str_eq(client_header(&c, "Retry-After"), "5");
    ck_assert_str_eq(client_header(&c, "X-Content-Type-Options"), "nosniff");
    ck_assert_int_ne(kill(web, 0), 0);
    ck_assert_int_ne(access(stack_path(&own, "run/web.sock"), F_OK), 0);
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

/* The status with which `prep serve` ends, that never became ready. */
static int refused_start(void)
{
    char *program = arena_printf(c.arena, "%s/prep", getenv("BUILDDIR"));
    pid_t pid = fork();
    if (pid == 0) {
        ck_assert_ptr_nonnull(freopen(stack_path(&own, "run/prep.log"), "a", stderr));
        execl(program, program, "--config", stack_path(&own, "prep.conf"), "serve",
            (char *)NULL);
        _exit(127);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(a_schema_that_is_not_this_program_s_stops_the_start_and_a_reload)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(stack_path(&own, "data/prep.db"), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, PATIENCE_MS);
    ck_assert_int_eq(
        sqlite3_exec(db, "ALTER TABLE claims RENAME TO demands", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    kill(own.prep, SIGHUP);
    await_lines("refused; generation 1 works on", 1);
    ck_assert_int_eq(lines_with("\"event\":\"rehearsal\""), 1);
    ck_assert_int_eq(client_get(&c, "/terms"), 200);
    ck_assert_int_eq(stack_end(own.prep), 0);
    own.prep = 0;
    ck_assert_int_eq(refused_start(), EXIT_FAILURE);
    ck_assert_int_eq(lines_with("\"event\":\"rehearsal\""), 2);
}
END_TEST

void http_supervisor(Suite *s)
{
    TCase *t = tcase_create("supervisor");
    tcase_add_checked_fixture(t, open_own, close_own);
    tcase_set_timeout(t, 120);
    tcase_add_test(
        t, workers_killed_20_times_in_a_row_are_replaced_and_the_site_answers);
    tcase_add_test(t, a_request_waits_for_the_only_worker_of_its_pool_to_come_back);
#ifdef PREP_DEBUG
    tcase_add_test(t, a_worker_that_spins_is_killed_and_nobody_but_its_client_notices);
#endif
    tcase_add_test(t, a_reload_under_load_loses_no_request);
    tcase_add_test(t, bad_settings_refuse_a_reload_and_the_same_workers_go_on);
    tcase_add_test(t, a_schema_that_is_not_this_program_s_stops_the_start_and_a_reload);
    tcase_add_test(t, matrix_10_a_reload_takes_the_new_secrets_of_both_endpoints);
    tcase_add_test(t, told_to_end_it_answers_what_is_begun_and_ends_with_0);
    tcase_add_test(t, a_site_that_was_killed_starts_again_over_what_it_left_behind);
    suite_add_tcase(s, t);
}
