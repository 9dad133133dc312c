/* The supervisor in a process of its own, with workers that obey one-letter
 * commands. Nothing here sleeps: each step waits for the answer that proves it. */
#include "main/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static char folder[] = "/tmp/prep-unit-XXXXXX";
static char socket_path[64], pid_path[64], notify_path[64];
static int workers = 1, work_max_ms;
static int refuse_from_plan = 100, cripple_from_plan = 100;
static int event_fds[2]; /* 'p': a plan was asked for, 'd': a crippled worker died */
static pid_t supervisor;

static void tell(char event)
{
    ck_assert_int_eq(write(event_fds[1], &event, 1), 1);
}

static void await(char event)
{
    char got = 0;
    while (got != event)
        ck_assert_int_eq(read(event_fds[0], &got, 1), 1);
}

/* Answers "pid generation"; 'c' crashes, 'q' ends in good order, 's' says "+" and
 * waits for one more byte before it answers. */
static int obey(const struct pool *p, int listen_fd)
{
    int generation = *(int *)p->arg;
    if (generation >= cripple_from_plan) {
        tell('d');
        return 1;
    }
    pool_ready();
    while (pool_wait(listen_fd)) {
        int fd = accept(listen_fd, NULL, NULL);
        if (fd < 0)
            continue;
        char command = 0;
        if (read(fd, &command, 1) != 1)
            command = 'p';
        if (command == 'c')
            raise(SIGKILL);
        if (command == 'q')
            return 0;
        if (command == 's' && (write(fd, "+", 1) != 1 || read(fd, &command, 1) != 1))
            return 1;
        dprintf(fd, "%d %d", (int)getpid(), generation);
        close(fd);
    }
    return 0;
}

static bool plan(struct supervisor_plan *out, void *arg)
{
    static int calls;
    (void)arg;
    calls++;
    tell('p');
    out->pid_file = pid_path;
    out->pools[out->count++] = (struct pool) { .name = "web",
        .socket = socket_path,
        .count = workers,
        .work_max_ms = work_max_ms,
        .child_main = obey,
        .arg = &calls };
    return calls < refuse_from_plan;
}

static pid_t fork_supervisor(void)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    char log_path[80];
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDERR_FILENO);
    exit(supervisor_run(plan, NULL));
}

static void start(void)
{
    ck_assert_int_eq(pipe(event_fds), 0);
    supervisor = fork_supervisor();
    await('p');
}

/* A connection with COMMAND sent; waits as long as the supervisor takes to open
 * the socket. */
static int ask(char command)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    strcpy(at.sun_path, socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    while (connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        ck_assert(errno == ENOENT || errno == ECONNREFUSED);
    ck_assert_int_eq(write(fd, &command, 1), 1);
    return fd;
}

struct answer {
    int pid, generation;
};

static struct answer answer_on(int fd)
{
    char text[64] = "";
    size_t n = 0;
    ssize_t got;
    while ((got = read(fd, text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    close(fd);
    char *rest = text;
    struct answer a = { .pid = (int)strtol(text, &rest, 10) };
    a.generation = (int)strtol(rest, NULL, 10);
    return a;
}

static struct answer asked(char command)
{
    return answer_on(ask(command));
}

static int stop(void)
{
    int status;
    kill(supervisor, SIGTERM);
    ck_assert_int_eq(waitpid(supervisor, &status, 0), supervisor);
    return status;
}

/* Kills the supervisor and waits for its orphans; true if WORKER was one. */
static bool kill_all(int worker)
{
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    kill(supervisor, SIGKILL);
    bool found = false;
    pid_t pid;
    while ((pid = wait(NULL)) > 0)
        found = found || pid == worker;
    return found;
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(socket_path, sizeof socket_path, "%s/web.sock", folder);
    snprintf(pid_path, sizeof pid_path, "%s/prep.pid", folder);
    snprintf(notify_path, sizeof notify_path, "%s/notify", folder);
}

static void tear_down(void)
{
    char log_path[80];
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    unlink(log_path);
    unlink(pid_path);
    unlink(notify_path);
    ck_assert_msg(rmdir(folder) == 0, "%s holds more than it should", folder);
}

START_TEST(the_socket_is_for_owner_and_group_and_goes_at_the_end)
{
    start();
    ck_assert_int_gt(asked('p').pid, 0);
    struct stat st;
    ck_assert_int_eq(stat(socket_path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0660);
    ck_assert_int_eq(stop(), 0);
    ck_assert_int_ne(stat(socket_path, &st), 0);
}
END_TEST

START_TEST(a_worker_that_crashes_or_ends_is_replaced)
{
    start();
    int first = asked('p').pid;
    asked('c');
    int second = asked('p').pid;
    asked('q');
    int third = asked('p').pid;
    ck_assert(first > 0 && second > 0 && third > 0);
    ck_assert(first != second && second != third);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(twenty_crashes_in_a_row_leave_the_pool_answering)
{
    workers = 8;
    start();
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(asked('c').pid, 0);
    ck_assert_int_gt(asked('p').pid, 0);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

/* How many lines of the supervisor's log have TEXT in them. */
static int lines_with(const char *text)
{
    char path[80], line[1024];
    int n = 0;
    snprintf(path, sizeof path, "%s/log", folder);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof line, f) != NULL)
        n += strstr(line, text) != NULL;
    fclose(f);
    return n;
}

START_TEST(a_worker_that_stays_at_one_request_is_killed_and_replaced)
{
    work_max_ms = 300;
    start();
    int first = asked('p').pid;
    int fd = ask('s'); /* and then nothing: it waits for ever */
    ck_assert_int_eq(answer_on(fd).pid, 0);
    ck_assert_int_ne(asked('p').pid, first);
    ck_assert_int_eq(lines_with("\"stuck\""), 1);
    ck_assert_int_eq(lines_with("was at one request"), 1);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_worker_that_only_waits_for_work_is_left_alone)
{
    work_max_ms = 50;
    workers = 2;
    start();
    int first = asked('p').pid;
    for (int i = 0; i < 4; i++) { /* the other one waits all the time */
        usleep(30000);
        ck_assert_int_gt(asked('p').pid, 0);
    }
    ck_assert_int_gt(first, 0);
    ck_assert_int_eq(lines_with("\"stuck\""), 0);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_socket_left_over_by_a_dead_one_is_taken_over)
{
    start();
    ck_assert(kill_all(asked('p').pid));
    start();
    ck_assert_int_gt(asked('p').pid, 0);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_second_supervisor_in_the_same_place_refuses)
{
    start();
    int first = asked('p').pid;
    int status;
    pid_t other = fork_supervisor();
    ck_assert_int_eq(waitpid(other, &status, 0), other);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
    ck_assert_int_eq(asked('p').pid, first);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_shutdown_lets_the_request_in_hand_finish)
{
    start();
    int fd = ask('s');
    char plus;
    ck_assert_int_eq(read(fd, &plus, 1), 1);
    kill(supervisor, SIGTERM);
    struct stat st;
    while (stat(socket_path, &st) == 0) /* the shutdown has begun */
        ;
    ck_assert_int_eq(write(fd, "!", 1), 1);
    ck_assert_int_gt(answer_on(fd).pid, 0);
    int status;
    ck_assert_int_eq(waitpid(supervisor, &status, 0), supervisor);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_second_term_does_not_wait)
{
    start();
    int fd = ask('s');
    char plus;
    ck_assert_int_eq(read(fd, &plus, 1), 1);
    kill(supervisor, SIGTERM);
    struct stat st;
    while (stat(socket_path, &st) == 0)
        ;
    ck_assert_int_eq(stop(), 0);
    ck_assert_int_eq(answer_on(fd).pid, 0);
}
END_TEST

START_TEST(an_interrupt_and_a_term_are_one_wish)
{
    start();
    int fd = ask('s');
    char plus;
    ck_assert_int_eq(read(fd, &plus, 1), 1);
    kill(supervisor, SIGINT);
    struct stat st;
    while (stat(socket_path, &st) == 0)
        ;
    kill(supervisor, SIGTERM);
    ck_assert_int_eq(write(fd, "!", 1), 1);
    ck_assert_int_gt(answer_on(fd).pid, 0);
    int status;
    ck_assert_int_eq(waitpid(supervisor, &status, 0), supervisor);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_reload_answers_every_request_and_brings_new_workers)
{
    workers = 2;
    start();
    int slow = ask('s');
    char plus;
    ck_assert_int_eq(read(slow, &plus, 1), 1);
    kill(supervisor, SIGHUP);
    struct answer a;
    do {
        a = asked('p');
        ck_assert_int_gt(a.pid, 0);
    } while (a.generation == 1);
    ck_assert_int_eq(a.generation, 2);
    ck_assert_int_eq(write(slow, "!", 1), 1);
    ck_assert_int_eq(answer_on(slow).generation, 1);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_refused_reload_changes_nothing)
{
    refuse_from_plan = 2;
    start();
    int before = asked('p').pid;
    kill(supervisor, SIGHUP);
    await('p');
    ck_assert_int_eq(asked('p').pid, before);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(a_reload_whose_workers_never_come_up_keeps_the_old_ones)
{
    cripple_from_plan = 2;
    start();
    int before = asked('p').pid;
    kill(supervisor, SIGHUP);
    await('d');
    await('d');
    ck_assert_int_eq(asked('p').pid, before);
    ck_assert_int_eq(stop(), 0);
}
END_TEST

START_TEST(the_workers_follow_a_supervisor_that_was_killed)
{
    workers = 3;
    start();
    ck_assert(kill_all(asked('p').pid));
    unlink(socket_path);
}
END_TEST

START_TEST(systemd_hears_of_start_and_stop)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    strcpy(at.sun_path, notify_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    setenv("NOTIFY_SOCKET", notify_path, 1);
    start();
    char text[32] = "";
    ck_assert_int_gt(recv(fd, text, sizeof text - 1, 0), 0);
    ck_assert_str_eq(text, "READY=1");
    ck_assert_int_eq(stop(), 0);
    memset(text, 0, sizeof text);
    ck_assert_int_gt(recv(fd, text, sizeof text - 1, 0), 0);
    ck_assert_str_eq(text, "STOPPING=1");
    close(fd);
}
END_TEST

void unit_main_supervisor(Suite *s)
{
    TCase *t = tcase_create("supervisor");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, the_socket_is_for_owner_and_group_and_goes_at_the_end);
    tcase_add_test(t, a_worker_that_crashes_or_ends_is_replaced);
    tcase_add_test(t, twenty_crashes_in_a_row_leave_the_pool_answering);
    tcase_add_test(t, a_worker_that_stays_at_one_request_is_killed_and_replaced);
    tcase_add_test(t, a_worker_that_only_waits_for_work_is_left_alone);
    tcase_add_test(t, a_socket_left_over_by_a_dead_one_is_taken_over);
    tcase_add_test(t, a_second_supervisor_in_the_same_place_refuses);
    tcase_add_test(t, a_shutdown_lets_the_request_in_hand_finish);
    tcase_add_test(t, a_second_term_does_not_wait);
    tcase_add_test(t, an_interrupt_and_a_term_are_one_wish);
    tcase_add_test(t, a_reload_answers_every_request_and_brings_new_workers);
    tcase_add_test(t, a_refused_reload_changes_nothing);
    tcase_add_test(t, a_reload_whose_workers_never_come_up_keeps_the_old_ones);
    tcase_add_test(t, the_workers_follow_a_supervisor_that_was_killed);
    tcase_add_test(t, systemd_hears_of_start_and_stop);
    suite_add_tcase(s, t);
}
