#include "util/fault.h"

#ifdef PREP_DEBUG

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/log.h"
#include "util/text.h"

static char wanted[64];
static long passages_left = -1;
static bool deadly, opened, fired;
static const char *file;

/* "name:N" or "name:N:kill" */
static void read_wish(const char *wish)
{
    const char *colon = wish == NULL ? NULL : strchr(wish, ':');
    passages_left = -1;
    if (colon == NULL || (size_t)(colon - wish) >= sizeof wanted)
        return;
    memcpy(wanted, wish, (size_t)(colon - wish));
    wanted[colon - wish] = '\0';
    char *end;
    passages_left = strtol(colon + 1, &end, 10);
    deadly = strcmp(end, ":kill") == 0;
}

static void read_environment(void)
{
    opened = true;
    file = getenv("PREP_FAULT_FILE");
    read_wish(getenv("PREP_FAULT"));
}

void fault_order(const char *wish)
{
    if (!opened)
        read_environment();
    fired = false;
    read_wish(wish);
}

bool fault_has_fired(void)
{
    return fired;
}

static bool fire(const char *name, bool kills)
{
    log_warn("fault", "%s", name);
    fired = true;
    if (kills)
        kill(getpid(), SIGKILL);
    return true;
}

/* Is the file's wish for this point and this process, and are we the first? */
static bool is_in_file(const char *name, bool *kills)
{
    char line[128], process[16] = "";
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, line, sizeof line - 1);
    close(fd);
    if (n <= 0)
        return false;
    line[n] = '\0';
    line[strcspn(line, "\n")] = '\0';
    size_t length = strcspn(line, ": ");
    if (strlen(name) != length || strncmp(line, name, length) != 0)
        return false;
    *kills = text_starts(line + length, ":kill");
    const char *whose = strchr(line, ' ');
    prctl(PR_GET_NAME, process);
    if (whose != NULL && !text_starts(process, whose + 1))
        return false;
    return unlink(file) == 0;
}

bool fault_fires(const char *name)
{
    bool kills;
    if (!opened)
        read_environment();
    if (file != NULL && is_in_file(name, &kills))
        return fire(name, kills);
    if (passages_left <= 0 || (strcmp(wanted, "*") != 0 && strcmp(wanted, name) != 0))
        return false;
    return --passages_left > 0 ? false : fire(name, deadly);
}

#endif
