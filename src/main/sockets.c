#include "main/sockets.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/log.h"
#include "util/text.h"

enum { BACKLOG = 511 };

static int listen_at(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (unlink(path) == 0)
        log_info("start", "%s was left over", path);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(path, 0660) != 0 ||
        listen(fd, BACKLOG) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int sockets_find(const struct sockets *s, const char *path)
{
    for (int i = 0; path != NULL && i < s->count; i++)
        if (text_is(s->at[i].path, path))
            return s->at[i].fd;
    return -1;
}

bool sockets_open(struct sockets *s, const char *path)
{
    if (sockets_find(s, path) >= 0)
        return true;
    if (s->count == SOCKETS_MAX || strlen(path) >= sizeof s->at[0].path) {
        log_error(
            "socket", "%s: the path is too long or there are too many sockets", path);
        return false;
    }
    int fd = listen_at(path);
    if (fd < 0) {
        log_error("socket", "%s: %s", path, strerror(errno));
        return false;
    }
    struct listener *l = &s->at[s->count++];
    memcpy(l->path, path, strlen(path) + 1);
    l->fd = fd;
    return true;
}

static bool is_wanted(const char *path, const struct pool *pools, int count)
{
    for (int i = 0; i < count; i++)
        if (text_is(pools[i].socket, path))
            return true;
    return false;
}

void sockets_keep(struct sockets *s, const struct pool *pools, int count)
{
    for (int i = s->count - 1; i >= 0; i--) {
        struct listener *l = &s->at[i];
        if (is_wanted(l->path, pools, count))
            continue;
        if (unlink(l->path) != 0 && errno != ENOENT)
            log_warn("socket", "%s: %s", l->path, strerror(errno));
        close(l->fd);
        *l = s->at[--s->count];
    }
}

void sockets_hide(const struct sockets *s)
{
    for (int i = 0; i < s->count; i++)
        unlink(s->at[i].path);
}

void sockets_close_others(struct sockets *s, int mine)
{
    for (int i = 0; i < s->count; i++)
        if (s->at[i].fd != mine)
            close(s->at[i].fd);
}
