#include "torture.h"

#include "torture/pids.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture/world.h"
#include "util/guard.h"
#include "util/text.h"

/* NULL, or what is behind "pid (" in /proc/PID/stat, if it is a child of the site's. */
static const char *child_of_ours(const char *pid, char *stat, size_t size)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *f = strspn(pid, "0123456789") > 0 ? fopen(path, "re") : NULL;
    if (f == NULL)
        return NULL;
    size_t n = fread(stat, 1, size - 1, f);
    fclose(f);
    stat[n] = '\0';
    const char *name = strchr(stat, '('), *end = strrchr(stat, ')');
    /* ") S 123": the state, and the parent */
    if (name == NULL || end == NULL || strlen(end) <= 4 || end[2] == 'Z' ||
        strtol(end + 4, NULL, 10) != stack.prep)
        return NULL;
    return name + 1;
}

pid_t pids_named(const char *name)
{
    char stat[512];
    pid_t found = 0;
    size_t n = strlen(name);
    DIR *proc = opendir("/proc");
    CHECK(proc != NULL);
    for (struct dirent *e; found == 0 && (e = readdir(proc)) != NULL;) {
        const char *comm = child_of_ours(e->d_name, stat, sizeof stat);
        if (comm != NULL && strncmp(comm, name, n) == 0 && comm[n] == ')')
            found = (pid_t)strtol(stat, NULL, 10);
    }
    closedir(proc);
    return found;
}

struct death {
    const char *name;
    int64_t pid;
};

/* Who was killed, as the supervisor's log has it. */
static struct death read_death(int64_t from)
{
    enum { LOG_MAX = 64 << 20 };
    static const char killed[] = "\"how\":\"signal KILL\"";
    struct death d = { .name = NULL };
    const struct json *j;
    struct buf log;
    world_await_log(from, killed);
    buf_init(&log, LOG_MAX);
    stack_log_read(&stack, from, &log);
    const char *line = strstr(log.at, killed);
    CHECK(line != NULL);
    while (line > log.at && line[-1] != '\n')
        line--;
    CHECK(json_read(world.arena, line, strcspn(line, "\n"), &j) == OK);
    CHECK(json_int(j, "pid", &d.pid));
    d.name = arena_printf(world.arena, "prep-%s", json_text(j, "child"));
    buf_free(&log);
    return d;
}

static bool is_replaced(void *arg)
{
    const struct death *d = arg;
    pid_t pid = pids_named(d->name);
    return pid != 0 && pid != d->pid;
}

void pids_await_successor(int64_t from)
{
    enum { PATIENCE_MS = 30000 };
    struct death d = read_death(from);
    ck_assert_msg(stack_await(is_replaced, &d, PATIENCE_MS),
        "nobody came for %s (%lld)", d.name, (long long)d.pid);
    kill(pids_named(d.name), SIGTERM);
}
