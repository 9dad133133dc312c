#include "util/fault.h"

#ifdef PREP_DEBUG

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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

/* ---- the file ---- */

struct order {
    char line[256];
    const char *count; /* its digits in LINE; NULL: the next passage */
    int digits;
    bool kills;
};

static bool is_for_point(const struct order *o, const char *name)
{
    bool other = o->line[0] == '!';
    const char *wish = o->line + other;
    size_t n = strcspn(wish, ": ");
    bool same = strlen(name) == n && strncmp(wish, name, n) == 0;
    return n == 1 && *wish == '*' ? true : same != other;
}

/* One of the beginnings behind the blank, or there are none. */
static bool is_for_us(const struct order *o)
{
    char process[16] = "";
    const char *whose = strchr(o->line, ' ');
    if (whose == NULL)
        return true;
    prctl(PR_GET_NAME, process);
    while (*whose == ' ' || *whose == ',') {
        size_t n = strcspn(++whose, ",");
        if (n > 0 && strncmp(process, whose, n) == 0)
            return true;
        whose += n;
    }
    return false;
}

static bool read_order(int fd, struct order *o)
{
    ssize_t n = pread(fd, o->line, sizeof o->line - 1, 0);
    if (n <= 0)
        return false;
    o->line[n] = '\0';
    o->line[strcspn(o->line, "\n")] = '\0';
    const char *rest = o->line + strcspn(o->line, ": ");
    o->digits = *rest == ':' ? (int)strspn(rest + 1, "0123456789") : 0;
    o->count = o->digits > 0 ? rest + 1 : NULL;
    o->kills = text_starts(rest + o->digits + (o->digits > 0), ":kill");
    return true;
}

/* One passage less. The lock is on the open file, and goes with whoever dies. */
static bool is_last(int fd, struct order *o)
{
    if (o->count == NULL)
        return unlink(file) == 0;
    if (flock(fd, LOCK_EX) != 0 || !read_order(fd, o) || o->count == NULL)
        return false;
    long left = strtol(o->count, NULL, 10) - 1;
    char digits[sizeof o->line];
    int n = snprintf(digits, sizeof digits, "%0*ld", o->digits, left < 0 ? 0 : left);
    if (left < 0 || n != o->digits ||
        pwrite(fd, digits, (size_t)n, o->count - o->line) != n)
        return false;
    return left == 0 && unlink(file) == 0;
}

/* Is the file's order for this point and this process, and is this the passage? */
static bool is_in_file(const char *name, bool *kills)
{
    struct order o;
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ours = read_order(fd, &o) && is_for_point(&o, name) && is_for_us(&o) &&
                is_last(fd, &o);
    close(fd);
    *kills = ours && o.kills;
    return ours;
}

bool fault_fires(const char *name)
{
    bool kills = false;
    if (!opened)
        read_environment();
    if (file != NULL && is_in_file(name, &kills))
        return fire(name, kills);
    if (passages_left <= 0 || (strcmp(wanted, "*") != 0 && strcmp(wanted, name) != 0))
        return false;
    return --passages_left > 0 ? false : fire(name, deadly);
}

#endif
