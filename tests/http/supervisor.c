/* What the supervisor promises, seen from outside through nginx: workers that die are
 * replaced, a reload loses no request, a shutdown finishes what is begun. Each test
 * has a site of its own. */
#include "http.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/client.h"
#include "util/text.h"

enum { CRASHES = 20, RELOADS = 5, CROWD = 64, CHILDREN_MAX = 64 };

static struct stack own;
static struct client c;

static void set_up(void)
{
    stack_start(&own, false);
    client_open(&c, &own);
}

static void tear_down(void)
{
    client_close(&c);
    stack_stop(&own);
}

/* One line of a file under /proc, without its newline; "" if it is gone. */
static void read_proc(char *out, size_t size, pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    out[0] = '\0';
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return;
    if (fgets(out, (int)size, f) == NULL)
        out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

static pid_t parent_of(pid_t pid)
{
    char stat[512];
    read_proc(stat, sizeof stat, pid, "stat");
    const char *after = strrchr(stat, ')'); /* "pid (comm) state ppid" */
    return after == NULL ? 0 : (pid_t)strtol(after + 3, NULL, 10);
}

/* The supervisor's children whose names begin with NAME ("prep-web"). */
static size_t workers(const char *name, pid_t *out)
{
    size_t n = 0;
    DIR *proc = opendir("/proc");
    ck_assert_ptr_nonnull(proc);
    for (struct dirent *e; (e = readdir(proc)) != NULL && n < CHILDREN_MAX;) {
        pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (pid <= 0 || parent_of(pid) != own.prep)
            continue;
        char comm[32];
        read_proc(comm, sizeof comm, pid, "comm");
        if (text_starts(comm, name))
            out[n++] = pid;
    }
    closedir(proc);
    return n;
}

static bool is_gone(void *arg)
{
    return parent_of(*(pid_t *)arg) != own.prep;
}

static bool one_is_alive(void *arg)
{
    return workers("prep-", arg) > 0;
}

START_TEST(twenty_workers_killed_in_a_row_leave_the_site_answering)
{
    pid_t alive[CHILDREN_MAX];
    for (int i = 0; i < CRASHES; i++) {
        /* The oldest, so that each pool has its turn. */
        ck_assert(stack_await(one_is_alive, alive, 6000));
        ck_assert_int_eq(kill(alive[0], i % 2 == 0 ? SIGKILL : SIGSEGV), 0);
        ck_assert(stack_await(is_gone, alive, 6000));
    }
    ck_assert_int_eq(client_get(&c, "/"), 200);
    ck_assert_int_eq(client_get(&c, "/login"), 200);
}
END_TEST

/* Work for all pools but book, which has no GET. */
static const char *const pages[] = { "/", "/login", "/search", "/host/stripe/return" };

static bool workers_changed(void *arg)
{
    const pid_t *before = arg;
    pid_t now[CHILDREN_MAX];
    size_t n = workers("prep-", now);
    for (size_t i = 0; i < n; i++)
        for (const pid_t *b = before; *b != 0; b++)
            if (now[i] == *b)
                return false;
    return n > 0;
}

START_TEST(reloads_under_load_lose_no_request)
{
    for (int round = 0; round < RELOADS; round++) {
        pid_t before[CHILDREN_MAX + 1] = { 0 };
        ck_assert_uint_gt(workers("prep-", before), 0);
        ck_assert_int_eq(kill(own.prep, SIGHUP), 0);
        do {
            struct shot shots[CROWD] = { 0 };
            for (int i = 0; i < CROWD; i++)
                shots[i].path = pages[i % 4];
            client_volley(&own, shots, CROWD);
            for (int i = 0; i < CROWD; i++)
                ck_assert_msg(shots[i].status == 200 || shots[i].status == 303,
                    "round %d: %s: %d", round, shots[i].path, shots[i].status);
        } while (!workers_changed(before));
    }
}
END_TEST

START_TEST(settings_that_are_wrong_are_refused_and_the_site_goes_on)
{
    pid_t before[CHILDREN_MAX + 1] = { 0 }, after[CHILDREN_MAX + 1] = { 0 };
    size_t n = workers("prep-", before);
    FILE *f = fopen(stack_path(&own, "prep.conf"), "ae");
    ck_assert_ptr_nonnull(f);
    fputs("no_such_setting = 1\n", f);
    fclose(f);
    int64_t from = stack_log_length(&own);
    ck_assert_int_eq(kill(own.prep, SIGHUP), 0);
    struct buf log;
    buf_init(&log, 1 << 20);
    do {
        buf_clear(&log);
        stack_log_read(&own, from, &log);
    } while (strstr(log.at, "refused; generation 1 works on") == NULL);
    ck_assert_ptr_nonnull(strstr(log.at, "no_such_setting"));
    buf_free(&log);
    ck_assert_int_eq(client_get(&c, "/"), 200);
    ck_assert_uint_eq(workers("prep-", after), n);
    ck_assert_mem_eq(before, after, sizeof before);
}
END_TEST

START_TEST(a_shutdown_ends_all_within_ten_seconds)
{
    pid_t before[CHILDREN_MAX + 1] = { 0 };
    size_t n = workers("prep-", before);
    ck_assert_int_eq(stack_end(own.prep), 0);
    own.prep = 0;
    for (size_t i = 0; i < n; i++)
        ck_assert_int_ne(kill(before[i], 0), 0);
    ck_assert_int_ne(access(stack_path(&own, "run/web.sock"), F_OK), 0);
    ck_assert_int_eq(client_get(&c, "/"), 502);
    ck_assert_str_eq(client_header(&c, "X-Content-Type-Options"), "nosniff");
    ck_assert_str_eq(client_header(&c, "Retry-After"), "5");
    ck_assert(client_shows(&c, "PC-DOWN-503"));
}
END_TEST

void http_supervisor(Suite *s)
{
    TCase *t = tcase_create("supervisor");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, twenty_workers_killed_in_a_row_leave_the_site_answering);
    tcase_add_test(t, reloads_under_load_lose_no_request);
    tcase_add_test(t, settings_that_are_wrong_are_refused_and_the_site_goes_on);
    tcase_add_test(t, a_shutdown_ends_all_within_ten_seconds);
    suite_add_tcase(s, t);
}
