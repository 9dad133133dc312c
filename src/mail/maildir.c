#include "mail/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/rand.h"

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool write_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.at, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.at += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

static bool write_file(const char *path, struct span bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool written = write_all(fd, bytes) && fsync(fd) == 0;
    return close(fd) == 0 && written;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    return close(fd) == 0 && synced;
}

enum result maildir_deliver(struct arena *a, const char *folder, struct span message,
    int64_t now_at, const char **why)
{
    static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
    *why = "";
    bool ready = true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ready = ready && make_folder(arena_printf(a, "%s%s", folder, parts[i]));
    const char *name = arena_printf(a, "%lld.R%s.prep", (long long)now_at, rand_uid(a));
    const char *tmp = arena_printf(a, "%s/tmp/%s", folder, name);
    const char *new = arena_printf(a, "%s/new/%s", folder, name);
    if (ready && write_file(tmp, message) && rename(tmp, new) == 0 &&
        sync_folder(arena_printf(a, "%s/new", folder)))
        return OK;
    *why = arena_printf(a, "%s: %s", folder, strerror(errno));
    if (unlink(tmp) != 0 && errno != ENOENT && errno != ENOTDIR)
        *why = arena_printf(a, "%s, and left behind %s", *why, tmp);
    return R_FAULT;
}
