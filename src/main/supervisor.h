/* The parent of all processes under `prep serve`. It opens the listening sockets,
 * forks the pools, starts again what dies, drains on SIGTERM or SIGINT and reloads
 * on SIGHUP. It knows nothing about pages and never opens the database: an SQLite
 * handle must not cross a fork. What its plan holds, the children share. */
#ifndef MAIN_SUPERVISOR_H
#define MAIN_SUPERVISOR_H

#include <stdbool.h>

#include "main/pool.h"

enum {
    SUPERVISOR_POOLS_MAX = 8,
    SUPERVISOR_PROCESSES_MAX = 512, /* old and new ones together during a reload */
    SUPERVISOR_DRAIN_MS = 9000,     /* a shutdown kills who works longer */
    SUPERVISOR_RELOAD_DRAIN_MS =
        60000 /* a reload is more patient: nobody waits for it */
};

/* What is to run. Texts and each pool's arg stay the maker's until release. */
struct supervisor_plan {
    const char *pid_file; /* holds the pid, locked while the supervisor lives; the
                             first plan's counts */
    struct pool pools[SUPERVISOR_POOLS_MAX];
    int count;

    /* Called once the plan is replaced, refused or no longer needed. NULL: nothing
     * to release. */
    void (*release)(void *release_arg);
    void *release_arg;
};

/* Fills *OUT (empty on entry) from the settings; called once at the start and
 * again at each SIGHUP. False, after having logged why, if the settings are no
 * good: then the start fails, or the reload changes nothing. */
typedef bool supervisor_plan_fn(struct supervisor_plan *out, void *arg);

/* Runs until SIGTERM or SIGINT and returns the exit status: 0 after a drain, 1 if
 * it could not start (the log says why: the plan, a socket, or another supervisor
 * that holds the pid file). The same signal a second time ends the drain at once.
 *
 * A reload starts the new plan's processes beside the old ones, and lets the old
 * ones of a pool go only when all the new ones of that pool are ready. The sockets
 * stay open throughout, so no request is lost; and settings with which no process
 * comes up leave the old processes at work.
 *
 * With NOTIFY_SOCKET in the environment systemd is told READY=1 when every process
 * is ready for the first time, and STOPPING=1 (sd_notify(3)). */
int supervisor_run(supervisor_plan_fn *make_plan, void *arg);

#endif
