/* The processes of the site, seen from outside. */
#ifndef TORTURE_PIDS_H
#define TORTURE_PIDS_H

#include <stdint.h>
#include <sys/types.h>

/* The child of the supervisor with this name ("prep-jobs-1"); 0: there is none. */
pid_t pids_named(const char *name);

/* One of them has been killed since the log was FROM long: waits until the supervisor
 * has started another in its place. That one is asked to make room for a third, for the
 * pauses before a start grow with the deaths, and these are many. */
void pids_await_successor(int64_t from);

#endif
