#include "util/fault.h"

#ifdef PREP_DEBUG

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"

static char wanted[64];
static long passages_left = -1;
static bool deadly, opened;

/* "name:N" or "name:N:kill" */
static void read_wish(void)
{
    opened = true;
    const char *wish = getenv("PREP_FAULT");
    const char *colon = wish == NULL ? NULL : strchr(wish, ':');
    if (colon == NULL || (size_t)(colon - wish) >= sizeof wanted)
        return;
    memcpy(wanted, wish, (size_t)(colon - wish));
    char *end;
    passages_left = strtol(colon + 1, &end, 10);
    deadly = strcmp(end, ":kill") == 0;
}

bool fault_fires(const char *name)
{
    if (!opened)
        read_wish();
    if (passages_left <= 0 || (strcmp(wanted, "*") != 0 && strcmp(wanted, name) != 0))
        return false;
    if (--passages_left > 0)
        return false;
    log_warn("fault", "%s", name);
    if (deadly)
        kill(getpid(), SIGKILL);
    return true;
}

#endif
