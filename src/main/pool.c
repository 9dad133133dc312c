#include "main/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/guard.h"

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

static volatile sig_atomic_t stopping;
static int stop_fd = -1; /* readable once stopping is set: no signal is missed */
static int report_fd = -1;

static void on_term(int signal_number)
{
    (void)signal_number;
    int saved = errno;
    stopping = 1;
    uint64_t one = 1;
    if (write(stop_fd, &one, sizeof one) < 0)
        stopping = 1; /* the counter is full: it has long been readable */
    errno = saved;
}

void pool_child_open(int ready_fd)
{
    report_fd = ready_fd;
    stopping = 0;
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(stop_fd >= 0);
    struct sigaction term = { .sa_handler = on_term, .sa_flags = SA_RESTART };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    CHECK(sigaction(SIGTERM, &term, NULL) == 0);
    /* A Ctrl-C reaches the whole group; only the supervisor acts on it. */
    CHECK(sigaction(SIGINT, &ignore, NULL) == 0);
    CHECK(sigaction(SIGHUP, &ignore, NULL) == 0);
    CHECK(sigaction(SIGPIPE, &ignore, NULL) == 0);
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

/* True when FD (-1: none) is readable, false when the time is over or this
 * process has to end. */
static bool wait_for(int fd, int timeout_ms)
{
    struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN },
        { .fd = fd, .events = POLLIN } };
    int n;
    do
        n = poll(fds, COUNT_OF(fds), timeout_ms);
    while (n < 0 && errno == EINTR && !stopping);
    return !stopping && n > 0 && fds[1].revents != 0;
}

bool pool_wait(int listen_fd)
{
    while (!stopping)
        if (wait_for(listen_fd, -1))
            return true;
    return false;
}

bool pool_pause(int ms)
{
    if (!stopping)
        wait_for(-1, ms);
    return !stopping;
}

bool pool_stopping(void)
{
    return stopping;
}
