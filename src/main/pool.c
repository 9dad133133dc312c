#include "main/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "util/guard.h"

int64_t pool_clock_ms(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pool_backoff_ms(int *early_ends, int64_t lived_ms, bool planned)
{
    if (planned || lived_ms >= POOL_LIFE_MS) {
        *early_ends = 0;
        return 0;
    }
    int64_t wait_ms = POOL_BACKOFF_FIRST_MS;
    for (int i = 0; i < *early_ends && wait_ms < POOL_BACKOFF_MAX_MS; i++)
        wait_ms *= 2;
    ++*early_ends;
    return wait_ms < POOL_BACKOFF_MAX_MS ? wait_ms : POOL_BACKOFF_MAX_MS;
}

/* SIGTERM is blocked except inside the waits below. Elsewhere it would break into
 * libfcgi's accept, which then drops the connection that it has just taken. */
static volatile sig_atomic_t stopping;
static int report_fd = -1;
static _Atomic int64_t *busy_since_ms;
static sigset_t while_waiting; /* nothing blocked */

static void on_term(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

void pool_child_open(int ready_fd, _Atomic int64_t *busy_since)
{
    report_fd = ready_fd;
    busy_since_ms = busy_since;
    stopping = 0;
    struct sigaction term = { .sa_handler = on_term };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    CHECK(sigaction(SIGTERM, &term, NULL) == 0);
    /* A Ctrl-C reaches the whole group; only the supervisor acts on it. */
    CHECK(sigaction(SIGINT, &ignore, NULL) == 0);
    CHECK(sigaction(SIGHUP, &ignore, NULL) == 0);
    CHECK(sigaction(SIGPIPE, &ignore, NULL) == 0);
    sigset_t while_working;
    sigemptyset(&while_waiting);
    sigemptyset(&while_working);
    sigaddset(&while_working, SIGTERM);
    CHECK(sigprocmask(SIG_SETMASK, &while_working, NULL) == 0);
}

void pool_ready(void)
{
    pid_t self = getpid();
    ssize_t n;
    do
        n = write(report_fd, &self, sizeof self);
    while (n < 0 && errno == EINTR);
    CHECK(n == sizeof self);
}

bool pool_stopping(void)
{
    sigset_t pending;
    CHECK(sigpending(&pending) == 0);
    return stopping || sigismember(&pending, SIGTERM) == 1;
}

bool pool_wait(int listen_fd)
{
    *busy_since_ms = 0;
    /* A readable socket wins over a pending signal in ppoll: ask for both. */
    while (!pool_stopping()) {
        struct pollfd fd = { .fd = listen_fd, .events = POLLIN };
        if (ppoll(&fd, 1, NULL, &while_waiting) > 0) {
            *busy_since_ms = pool_clock_ms();
            return true;
        }
    }
    return false;
}

bool pool_pause(int ms)
{
    struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
    if (!pool_stopping() && ppoll(NULL, 0, &time, &while_waiting) != 0)
        CHECK(errno == EINTR);
    return !pool_stopping();
}
