/* Fault points for the torture tests. In a build with --enable-debug the
 * environment variable PREP_FAULT="name:N" makes the Nth passage of that point
 * fail, and "name:N:kill" ends the process there; "*" matches every point.
 * In other builds a point costs nothing and never fires. */
#ifndef UTIL_FAULT_H
#define UTIL_FAULT_H

#include <stdbool.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef PREP_DEBUG
bool fault_fires(const char *name);
#define FAULT(name) fault_fires(name)
#else
#define FAULT(name) false
#endif

#endif
