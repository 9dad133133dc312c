#include "storage/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/log.h"
#include "util/text.h"

enum { DEPTH_MAX = 4 };

static enum result fault(const char *name)
{
    log_warn("sweep", "%s: %s", name, strerror(errno));
    return R_FAULT;
}

static enum result sweep_at(
    int parent, const char *name, int64_t before_at, int depth, size_t *n);

static enum result remove_entry(
    int folder, const char *name, int64_t before_at, int depth, size_t *n)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? OK : fault(name);
    if (st.st_mtime >= before_at)
        return OK;
    bool is_folder = S_ISDIR(st.st_mode);
    if (is_folder && depth < DEPTH_MAX)
        TRY(sweep_at(folder, name, INT64_MAX, depth + 1, n));
    if (unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT)
        return fault(name);
    ++*n;
    return OK;
}

static enum result sweep_at(
    int parent, const char *name, int64_t before_at, int depth, size_t *n)
{
    enum result r = OK;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? OK : fault(name);
    DIR *d = fdopendir(fd);
    if (d == NULL) {
        close(fd);
        return fault(name);
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (!text_is(e->d_name, ".") && !text_is(e->d_name, "..") &&
            remove_entry(fd, e->d_name, before_at, depth, n) != OK)
            r = R_FAULT;
    closedir(d);
    return r;
}

enum result sweep_folder(const char *folder, int64_t before_at, size_t *n)
{
    *n = 0;
    return sweep_at(AT_FDCWD, folder, before_at, 0, n);
}
