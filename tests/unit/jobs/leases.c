/* Who may do a job: two processes, of which one waits in a call to Stripe for as long
 * as the test likes, by a clock that the test moves for both. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/jobs.h"
#include "support/peer.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

enum { LEASE_S = 120, NEARLY_S = 100, PAGES = 4 };

#define CUSTOMER(uid)                                                                  \
    "{\"id\":\"cus_1\",\"object\":\"customer\",\"metadata\":{\"user_uid\":\"" uid "\"" \
    "}}"
#define EVENT                                                                          \
    "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"x\",\"created\":1,"             \
    "\"livemode\":false,\"data\":{\"object\":{\"id\":\"x\"}}}"

static struct db_test t;
static int listener;

/* Processes of jobs, in memory that all share: so their clocks can be moved. */
static struct jobs *jobs;
enum { FIRST, SECOND, PROCESSES };

static void set_up(void)
{
    int port;
    db_test_open(&t);
    listener = peer_listen(&port);
    t.app.conf.stripe_secret_key = "sk_test_x";
    t.app.conf.stripe_api_base =
        arena_printf(t.app.forever, "http://127.0.0.1:%d", port);
    jobs = mmap(NULL, PROCESSES * sizeof *jobs, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(jobs != MAP_FAILED);
}

static void tear_down(void)
{
    munmap(jobs, PROCESSES * sizeof *jobs);
    close(listener);
    db_test_close(&t);
}

/* NAME's turn in a process of its own, which ends with the result. */
static pid_t begin(int who, const char *name)
{
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    jobs_test_begin(&t, &jobs[who]);
    enum result r = jobs_run_job(&jobs[who], name);
    jobs_close(&jobs[who]);
    exit((int)r);
}

static enum result end(pid_t pid)
{
    int status = -1;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return (enum result)WEXITSTATUS(status);
}

static void later(int s)
{
    t.app.fixed_now_at += s;
    for (int i = 0; i < PROCESSES; i++)
        jobs[i].app.fixed_now_at += s;
}

static void receive(const char *id)
{
    db_test_exec(&t,
        "INSERT INTO stripe_events (event_id, type, object_id, created, livemode,"
        " payload, received_at) VALUES (%Q, 'refund.updated', 're_1', 1, 0, '{}', 1)",
        id);
}

/* A page of one of Stripe's lists. */
static void answer(int client, const char *items, bool more)
{
    char body[512], text[1024];
    int n = snprintf(body, sizeof body, "{\"data\":[%s],\"has_more\":%s}", items,
        more ? "true" : "false");
    snprintf(
        text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, body);
    peer_answer(client, text);
}

/* While a process waits for ITEMS, and nearly a lease passes, nobody else may do its
 * job; then it gets the answer and asks for more. */
static int answer_late(int client, const char *name, const char *items)
{
    later(NEARLY_S);
    ck_assert(end(begin(SECOND, name)) == R_BUSY);
    answer(client, items, true);
    return peer_take(listener);
}

START_TEST(a_job_of_many_units_keeps_its_lease_however_long_they_take)
{
    pid_t first = begin(FIRST, "sweep");
    int client = peer_take(listener);
    for (int page = 0; page < PAGES; page++)
        client = answer_late(client, "sweep", EVENT);
    answer(client, "", false);
    ck_assert(end(first) == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT done FROM jobs"), PAGES + 1);
    ck_assert_int_eq(db_test_int(&t, "SELECT cursor_at FROM jobs"), TEST_NOW_AT);
}
END_TEST

/* What became of a call that was lost is looked for in a list of many pages. */
static void lose_customer(void)
{
    db_test_exec(&t,
        "INSERT INTO customers (user_id, uid, created_at) VALUES (%lld, 'somebody', 1);"
        "INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, path, body,"
        " state, first_sent_at, next_at, created_at, lost) VALUES ('op', 'cus',"
        " 'somebody', 1, 'key', '/v1/customers', 'email=a&metadata[user_uid]=somebody',"
        " 'unknown', 1, 1, 1, 1)",
        (long long)make_user(&t, "vendor"));
}

START_TEST(a_unit_of_many_calls_keeps_its_lease_however_long_they_take)
{
    lose_customer();
    pid_t first = begin(FIRST, "calls");
    int client = peer_take(listener);
    for (int page = 0; page < PAGES; page++)
        client = answer_late(client, "calls", CUSTOMER("another"));
    answer(client, CUSTOMER("somebody"), false);
    ck_assert(end(first) == OK);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM customers WHERE customer_id = 'cus_1'"),
        1);
}
END_TEST

START_TEST(a_list_that_does_not_end_is_left_to_a_person)
{
    enum { PAGES_MAX = 20 };
    lose_customer();
    pid_t first = begin(FIRST, "calls");
    for (int page = 0; page < PAGES_MAX; page++)
        answer(peer_take(listener), CUSTOMER("another"), true);
    ck_assert(end(first) == OK);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM stripe_ops WHERE state = 'review'"), 1);
}
END_TEST

START_TEST(a_process_that_died_loses_the_job_when_its_lease_has_run_out)
{
    pid_t first = begin(FIRST, "sweep");
    int client = peer_take(listener);
    kill(first, SIGKILL);
    ck_assert_int_eq(waitpid(first, NULL, 0), first);
    close(client);
    later(LEASE_S - 1);
    ck_assert(end(begin(SECOND, "sweep")) == R_BUSY);
    later(1);
    pid_t second = begin(SECOND, "sweep");
    answer(peer_take(listener), "", false);
    ck_assert(end(second) == OK);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT cursor_at FROM jobs"), TEST_NOW_AT + LEASE_S);
}
END_TEST

START_TEST(who_lost_the_lease_leaves_the_place_and_the_row_as_the_next_one_made_them)
{
    pid_t first = begin(FIRST, "sweep");
    int client = peer_take(listener);
    later(LEASE_S);
    pid_t second = begin(SECOND, "sweep");
    answer(peer_take(listener), "", false);
    ck_assert(end(second) == OK);
    later(1);
    answer(client, EVENT, true);
    ck_assert(end(first) == R_BUSY);
    ck_assert_int_eq(
        db_test_int(&t,
            "SELECT COUNT(*) FROM jobs WHERE place = '' AND cursor_at = %lld"
            " AND last_at = cursor_at AND next_at = last_at + 900 AND done = 1",
            (long long)TEST_NOW_AT + LEASE_S),
        1);
}
END_TEST

START_TEST(who_lost_the_lease_begins_nothing_more)
{
    receive("evt_1");
    receive("evt_2");
    pid_t first = begin(FIRST, "events");
    int client = peer_take(listener);
    later(LEASE_S);
    pid_t second = begin(SECOND, "events");
    int other = peer_take(listener);
    peer_answer(client, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    ck_assert(end(first) == R_BUSY);
    ck_assert_int_eq(db_test_int(&t, "SELECT lease_until FROM jobs"),
        TEST_NOW_AT + LEASE_S + LEASE_S);
    kill(second, SIGKILL);
    ck_assert_int_eq(waitpid(second, NULL, 0), second);
    close(other);
}
END_TEST

void unit_jobs_leases(Suite *s)
{
    TCase *tc = tcase_create("leases");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_job_of_many_units_keeps_its_lease_however_long_they_take);
    tcase_add_test(tc, a_unit_of_many_calls_keeps_its_lease_however_long_they_take);
    tcase_add_test(tc, a_list_that_does_not_end_is_left_to_a_person);
    tcase_add_test(tc, a_process_that_died_loses_the_job_when_its_lease_has_run_out);
    tcase_add_test(
        tc, who_lost_the_lease_leaves_the_place_and_the_row_as_the_next_one_made_them);
    tcase_add_test(tc, who_lost_the_lease_begins_nothing_more);
    suite_add_tcase(s, tc);
}
