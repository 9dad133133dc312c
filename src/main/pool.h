/* Pools: groups of like processes under the supervisor. Here is what both sides
 * share: the table that goes to supervisor_run(), how long to wait before a
 * process is started again, and what a child calls. */
#ifndef MAIN_POOL_H
#define MAIN_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool {
    const char *name;    /* "web": its processes are web-1, web-2 in log and ps */
    const char *socket;  /* path of the Unix socket that they share; NULL: none */
    int count;           /* processes, at least 1 */
    int nice;            /* added to their niceness: who waits on a busy machine */
    int64_t work_max_ms; /* who is longer at one connection is killed; 0: nobody is */

    /* The life of one child, in a process of its own with SIGINT, SIGHUP and
     * SIGPIPE ignored and SIGTERM blocked (unblock it in what you exec). Calls
     * pool_ready() once it can take work, then works for as long as pool_wait() or
     * pool_pause() says so. LISTEN_FD is non-blocking; -1 without a socket. Returns the
     * exit status: 0 is a planned end, such as after the last of max_requests; anything
     * else counts as a crash. */
    int (*child_main)(const struct pool *p, int listen_fd);
    void *arg; /* child_main's own */
};

/* Milliseconds of a clock that nobody sets. */
int64_t pool_clock_ms(void);

/* ---- how fast a process comes back ---- */

enum {
    POOL_BACKOFF_FIRST_MS = 100,
    POOL_BACKOFF_MAX_MS = 5000,
    POOL_LIFE_MS = 10000 /* who lived so long starts from the beginning */
};

/* The wait before the next start. EARLY_ENDS counts the ends in a row before
 * POOL_LIFE_MS, and is kept by the caller from zero. A planned end costs no wait:
 * the process had been ready and returned 0. */
int64_t pool_backoff_ms(int *early_ends, int64_t lived_ms, bool planned);

/* ---- in a child ---- */

/* For the supervisor, right after fork: handlers and signal mask. READY_FD is where
 * pool_ready() reports; BUSY_SINCE_MS, which both sides share, says since when the
 * process has been at one connection (pool_clock_ms; 0: it waits for one). */
void pool_child_open(int ready_fd, _Atomic int64_t *busy_since_ms);

/* Tells the supervisor that this process takes work from now on. At a reload the
 * old processes work on until the new ones have said so. Once per process. */
void pool_ready(void);

/* Blocks until a connection waits on LISTEN_FD (true: accept it; another worker
 * may have been faster, then accept fails and one waits again) or until this
 * process has to end (false). */
bool pool_wait(int listen_fd);

/* Sleeps for MS, or until this process has to end (false). */
bool pool_pause(int ms);

/* This process has been told to end: finish what is begun, begin nothing. */
bool pool_stopping(void);

#endif
