#include "main/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/sockets.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

enum { NAME_BYTES = 24 };

enum state { FREE, WAITING, RUNNING, LEAVING };

struct process {
    enum state state;
    char pool[NAME_BYTES];
    int number;     /* from 1 within its pool */
    int generation; /* of the plan that it was started for */
    pid_t pid;
    bool ready;
    int early_ends;
    int64_t work_max_ms;   /* its pool's when it was made */
    int64_t start_at_ms;   /* WAITING: when it is due */
    int64_t started_at_ms; /* RUNNING */
    int64_t kill_at_ms;    /* LEAVING */
};

struct supervisor {
    supervisor_plan_fn *make_plan;
    void *arg;
    struct supervisor_plan plan;
    int generation;
    struct process processes[SUPERVISOR_PROCESSES_MAX];
    _Atomic int64_t *busy_since_ms; /* of each of them; the processes write it */
    struct sockets sockets;
    int signal_fd, ready_read, ready_write, pid_fd;
    pid_t pid;
    bool announced; /* systemd knows that we are ready */
    bool stopping;
    int stop_signal; /* which one began it */
};

#define EACH_PROCESS(s, p)                                                             \
    for (struct process *p = (s)->processes;                                           \
         p < (s)->processes + SUPERVISOR_PROCESSES_MAX; p++)

static _Atomic int64_t *busy_since(struct supervisor *s, const struct process *p)
{
    return &s->busy_since_ms[p - s->processes];
}

/* ---- systemd ---- */

static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    if (text_empty(path) || strlen(path) >= sizeof to.sun_path)
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (*path == '@') /* an abstract name */
        to.sun_path[0] = '\0';
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, n) < 0)
        log_warn("notify", "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* ---- the pid file ---- */

/* A record lock, not flock: children do not inherit it, so a supervisor that was
 * killed can be replaced while its last workers still finish. */
static bool lock_pid_file(struct supervisor *s, const char *file)
{
    s->pid_fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (s->pid_fd < 0) {
        log_error("start", "%s: %s", file, strerror(errno));
        return false;
    }
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(s->pid_fd, F_SETLK, &lock) != 0) {
        log_error("start", "%s is locked: another prep serve runs there", file);
        return false;
    }
    if (ftruncate(s->pid_fd, 0) != 0 || dprintf(s->pid_fd, "%d\n", (int)s->pid) < 0) {
        log_error("start", "%s: %s", file, strerror(errno));
        return false;
    }
    return true;
}

/* ---- starting ---- */

static const struct pool *pool_named(
    const struct supervisor_plan *plan, const char *name)
{
    for (int i = 0; i < plan->count; i++)
        if (text_is(plan->pools[i].name, name))
            return &plan->pools[i];
    return NULL;
}

static _Noreturn void child(
    struct supervisor *s, const struct process *p, const struct pool *pool)
{
    /* Should the supervisor be killed, its children finish and follow. */
    CHECK(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
    pool_child_open(s->ready_write, busy_since(s, p));
    if (getppid() != s->pid)
        exit(EXIT_SUCCESS);

    char name[NAME_BYTES + 12];
    snprintf(name, sizeof name, "%s-%d", pool->name, p->number);
    log_open(name);
    snprintf(name, sizeof name, "prep-%s-%d", pool->name, p->number);
    CHECK(prctl(PR_SET_NAME, name) == 0);

    int mine = sockets_find(&s->sockets, pool->socket);
    sockets_close_others(&s->sockets, mine);
    close(s->signal_fd);
    close(s->ready_read);
    close(s->pid_fd);

    exit(pool->child_main(pool, mine));
}

static void start(struct supervisor *s, struct process *p)
{
    const struct pool *pool = pool_named(&s->plan, p->pool);
    CHECK(pool != NULL && p->generation == s->generation);
    *busy_since(s, p) = 0;
    fflush(NULL); /* or the child would write what we have not written yet */
    pid_t pid = fork();
    if (pid == 0)
        child(s, p, pool);
    if (pid < 0) {
        log_error("fork", "%s", strerror(errno));
        p->start_at_ms = pool_clock_ms() + pool_backoff_ms(&p->early_ends, 0, false);
        return;
    }
    p->state = RUNNING;
    p->pid = pid;
    p->ready = false;
    p->started_at_ms = pool_clock_ms();
}

static void start_due(struct supervisor *s)
{
    int64_t now_ms = pool_clock_ms();
    EACH_PROCESS(s, p)
    if (p->state == WAITING && p->start_at_ms <= now_ms)
        start(s, p);
}

/* ---- ending ---- */

static void leave(struct process *p, int64_t kill_at_ms)
{
    if (p->state == WAITING)
        p->state = FREE;
    if (p->state != RUNNING)
        return;
    p->state = LEAVING;
    p->kill_at_ms = kill_at_ms;
    kill(p->pid, SIGTERM);
}

static void kill_overdue(struct supervisor *s)
{
    int64_t now_ms = pool_clock_ms();
    EACH_PROCESS(s, p)
    {
        if (p->state != LEAVING || p->kill_at_ms > now_ms)
            continue;
        log_warn(
            "killed", "%s-%d (pid %d) would not end", p->pool, p->number, (int)p->pid);
        kill(p->pid, SIGKILL);
        p->kill_at_ms = INT64_MAX;
    }
}

/* When P has been at one connection for as long as it may, if it goes on so. */
static int64_t stuck_at_ms(struct supervisor *s, const struct process *p)
{
    if (p->state != RUNNING || p->work_max_ms == 0)
        return INT64_MAX;
    int64_t since_ms = *busy_since(s, p);
    return (since_ms != 0 ? since_ms : pool_clock_ms()) + p->work_max_ms;
}

/* A worker that spins, or waits for what never comes: nobody waits for it any more. */
static void kill_stuck(struct supervisor *s)
{
    EACH_PROCESS(s, p)
    {
        if (stuck_at_ms(s, p) > pool_clock_ms())
            continue;
        log_error("stuck", "%s-%d (pid %d) was at one request for over %lld s", p->pool,
            p->number, (int)p->pid, (long long)p->work_max_ms / 1000);
        kill(p->pid, SIGKILL);
        *busy_since(s, p) = 0;
    }
}

static void begin_stop(struct supervisor *s, int signal_number)
{
    /* A Ctrl-C brings SIGINT from the terminal, and SIGTERM from the script that
     * started us: together they are one wish. */
    if (s->stopping && signal_number != s->stop_signal)
        return;
    s->stop_signal = signal_number;
    sockets_hide(&s->sockets);
    if (!s->stopping) {
        log_info("stop", "draining");
        notify("STOPPING=1");
    }
    int64_t patience_ms = s->stopping ? 0 : SUPERVISOR_DRAIN_MS;
    s->stopping = true;
    EACH_PROCESS(s, p)
    {
        leave(p, pool_clock_ms() + patience_ms);
        if (p->state == LEAVING && p->kill_at_ms > pool_clock_ms() + patience_ms)
            p->kill_at_ms = pool_clock_ms() + patience_ms;
    }
}

/* WAIT_MS: until it is started again; negative: it is not. */
static void log_end_of(const struct process *p, int status, int64_t wait_ms)
{
    char how[64];
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "signal %s", sigabbrev_np(WTERMSIG(status)));
    else
        snprintf(how, sizeof how, "status %d", WEXITSTATUS(status));
    struct buf *line = log_begin(status == 0 ? "info" : "error", "ended");
    char name[NAME_BYTES + 12];
    snprintf(name, sizeof name, "%s-%d", p->pool, p->number);
    log_text(line, "child", name);
    log_int(line, "pid", p->pid);
    log_text(line, "how", how);
    log_int(line, "lived_ms", pool_clock_ms() - p->started_at_ms);
    if (wait_ms >= 0)
        log_int(line, "restart_in_ms", wait_ms);
    log_end(line);
}

static void ended(struct supervisor *s, struct process *p, int status)
{
    if (p->state == LEAVING || s->stopping || p->generation != s->generation) {
        log_end_of(p, status, -1);
        p->state = FREE;
        return;
    }
    int64_t now_ms = pool_clock_ms();
    bool planned = status == 0 && p->ready;
    int64_t wait_ms =
        pool_backoff_ms(&p->early_ends, now_ms - p->started_at_ms, planned);
    log_end_of(p, status, wait_ms);
    p->state = WAITING;
    p->start_at_ms = now_ms + wait_ms;
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        EACH_PROCESS(s, p)
    if ((p->state == RUNNING || p->state == LEAVING) && p->pid == pid) {
        ended(s, p, status);
        break;
    }
}

/* ---- plans and generations ---- */

static int live_processes(struct supervisor *s)
{
    int n = 0;
    EACH_PROCESS(s, p)
    n += p->state == RUNNING || p->state == LEAVING;
    return n;
}

static bool plan_fits(struct supervisor *s, const struct supervisor_plan *plan)
{
    int processes = 0;
    for (int i = 0; i < plan->count; i++) {
        const struct pool *pool = &plan->pools[i];
        CHECK(pool->count > 0 && strlen(pool->name) < NAME_BYTES);
        processes += pool->count;
    }
    int room = SUPERVISOR_PROCESSES_MAX - live_processes(s);
    if (processes > room)
        log_error(
            "plan", "%d processes are too many, there is room for %d", processes, room);
    return processes <= room;
}

static void add_process(struct supervisor *s, const struct pool *pool, int number)
{
    EACH_PROCESS(s, p)
    {
        if (p->state != FREE)
            continue;
        *p = (struct process) {
            .state = WAITING,
            .number = number,
            .generation = s->generation,
            .work_max_ms = pool->work_max_ms,
        };
        memcpy(p->pool, pool->name, strlen(pool->name) + 1);
        return;
    }
    CHECK(false); /* plan_fits has counted */
}

/* From here on the processes of PLAN are wanted. The old ones work on; those that
 * were only waiting to be started again are dropped. On failure nothing changes. */
static bool adopt(struct supervisor *s, const struct supervisor_plan *plan)
{
    if (!plan_fits(s, plan))
        return false;
    for (int i = 0; i < plan->count; i++)
        if (plan->pools[i].socket != NULL &&
            !sockets_open(&s->sockets, plan->pools[i].socket)) {
            sockets_keep(&s->sockets, s->plan.pools, s->plan.count);
            return false;
        }
    sockets_keep(&s->sockets, plan->pools, plan->count);
    EACH_PROCESS(s, p)
    if (p->state == WAITING)
        p->state = FREE;
    s->plan = *plan;
    s->generation++;
    for (int i = 0; i < plan->count; i++)
        for (int number = 1; number <= plan->pools[i].count; number++)
            add_process(s, &plan->pools[i], number);
    return true;
}

static void release(const struct supervisor_plan *plan)
{
    if (plan->release != NULL)
        plan->release(plan->release_arg);
}

static void reload(struct supervisor *s)
{
    struct supervisor_plan old = s->plan, plan = { 0 };
    if (s->stopping)
        return;
    if (s->make_plan(&plan, s->arg) && adopt(s, &plan)) {
        release(&old);
        log_info("reload", "generation %d", s->generation);
    } else {
        release(&plan);
        log_error("reload", "refused; generation %d works on", s->generation);
    }
}

/* A pool of the present generation is ready when each of its processes is. */
static bool pool_is_up(struct supervisor *s, const char *name)
{
    EACH_PROCESS(s, p)
    if (p->state != FREE && p->state != LEAVING && p->generation == s->generation &&
        text_is(p->pool, name) && !(p->state == RUNNING && p->ready))
        return false;
    return true;
}

static void retire_old(struct supervisor *s)
{
    bool all_up = true;
    for (int i = 0; i < s->plan.count; i++)
        all_up = all_up && pool_is_up(s, s->plan.pools[i].name);
    EACH_PROCESS(s, p)
    if (p->state == RUNNING && p->generation != s->generation && pool_is_up(s, p->pool))
        leave(p, pool_clock_ms() + SUPERVISOR_RELOAD_DRAIN_MS);
    if (all_up && !s->announced) {
        s->announced = true;
        log_info("ready", "%d pools", s->plan.count);
        notify("READY=1");
    }
}

/* ---- the loop ---- */

static void read_ready(struct supervisor *s)
{
    pid_t pid;
    while (read(s->ready_read, &pid, sizeof pid) == sizeof pid)
        EACH_PROCESS(s, p)
    if (p->state == RUNNING && p->pid == pid)
        p->ready = true;
}

static void read_signals(struct supervisor *s)
{
    struct signalfd_siginfo got;
    while (read(s->signal_fd, &got, sizeof got) == sizeof got) {
        if (got.ssi_signo == SIGHUP)
            reload(s);
        if (got.ssi_signo == SIGTERM || got.ssi_signo == SIGINT)
            begin_stop(s, (int)got.ssi_signo);
    }
}

static int next_timeout_ms(struct supervisor *s)
{
    int64_t due_ms = INT64_MAX;
    EACH_PROCESS(s, p)
    {
        if (p->state == WAITING && p->start_at_ms < due_ms)
            due_ms = p->start_at_ms;
        if (p->state == LEAVING && p->kill_at_ms < due_ms)
            due_ms = p->kill_at_ms;
        if (stuck_at_ms(s, p) < due_ms)
            due_ms = stuck_at_ms(s, p);
    }
    if (due_ms == INT64_MAX)
        return -1;
    int64_t wait_ms = due_ms - pool_clock_ms();
    return wait_ms < 0 ? 0 : wait_ms < 60000 ? (int)wait_ms : 60000;
}

static void loop(struct supervisor *s)
{
    while (!s->stopping || live_processes(s) > 0) {
        struct pollfd fds[] = { { .fd = s->signal_fd, .events = POLLIN },
            { .fd = s->ready_read, .events = POLLIN } };
        if (poll(fds, COUNT_OF(fds), next_timeout_ms(s)) < 0)
            CHECK(errno == EINTR);
        read_signals(s);
        read_ready(s);
        reap(s);
        if (!s->stopping) {
            start_due(s);
            retire_old(s);
        }
        kill_overdue(s);
        kill_stuck(s);
    }
}

static void open_signals(struct supervisor *s)
{
    sigset_t set;
    sigemptyset(&set);
    const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        sigaddset(&set, wanted[i]);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    CHECK(s->signal_fd >= 0);
    int fds[2];
    CHECK(pipe2(fds, O_CLOEXEC) == 0);
    CHECK(fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
    s->ready_read = fds[0];
    s->ready_write = fds[1];
}

int supervisor_run(supervisor_plan_fn *make_plan, void *arg)
{
    static struct supervisor only;
    struct supervisor *s = &only;
    *s = (struct supervisor) { .make_plan = make_plan, .arg = arg, .pid = getpid() };
    struct supervisor_plan plan = { 0 };
    if (!make_plan(&plan, arg))
        return EXIT_FAILURE;
    if (!lock_pid_file(s, plan.pid_file)) {
        release(&plan);
        return EXIT_FAILURE;
    }
    open_signals(s);
    size_t stamps_bytes = SUPERVISOR_PROCESSES_MAX * sizeof *s->busy_since_ms;
    s->busy_since_ms = mmap(
        NULL, stamps_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(s->busy_since_ms != MAP_FAILED);
    int status = EXIT_FAILURE;
    if (adopt(s, &plan)) {
        loop(s);
        status = EXIT_SUCCESS;
        log_info("stop", "done");
        release(&s->plan);
    } else {
        release(&plan);
    }
    sockets_keep(&s->sockets, NULL, 0);
    /* Emptied, not removed: the next one may be waiting for this very file. */
    if (ftruncate(s->pid_fd, 0) != 0)
        log_warn("stop", "pid file: %s", strerror(errno));
    munmap(s->busy_since_ms, stamps_bytes);
    close(s->pid_fd);
    close(s->signal_fd);
    close(s->ready_read);
    close(s->ready_write);
    return status;
}
