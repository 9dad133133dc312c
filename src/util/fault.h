/* Fault points for the torture tests. In a build with --enable-debug the
 * environment variable PREP_FAULT="name:N" makes the Nth passage of that point
 * fail, and "name:N:kill" ends the process there; "*" matches every point.
 *
 * PREP_FAULT_FILE names a file that may come and go while processes run. Its line
 * "name" or "name:kill" is for the next passage of that point anywhere,
 * "name:0012:kill" for the twelfth, which the passages count down in the file itself:
 * who gets to the last removes the file, and the fault is his. "*" matches every point
 * here too,
 * "!name" every other one. " prep-book,prep-jobs" behind it: only for processes whose
 * name begins so.
 *
 * In other builds a point costs nothing and never fires. */
#ifndef UTIL_FAULT_H
#define UTIL_FAULT_H

#include <stdbool.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef PREP_DEBUG
bool fault_fires(const char *name);

/* Tests: as if PREP_FAULT were WISH and nothing had been passed; NULL: none. And has it
 * fired? */
void fault_order(const char *wish);
bool fault_has_fired(void);

#define FAULT(name) fault_fires(name)
#else
static inline void fault_order([[maybe_unused]] const char *wish)
{
}
static inline bool fault_has_fired(void)
{
    return false;
}
#define FAULT(name) false
#endif

#endif
