/* The Unix sockets that the pools listen at. The supervisor has them all open for as
 * long as they are in its plan, so a reload loses no connection; a child keeps its
 * own. The log says why something failed. */
#ifndef MAIN_SOCKETS_H
#define MAIN_SOCKETS_H

#include <sys/un.h>

#include "main/pool.h"

enum { SOCKETS_MAX = 8 }; /* old and new ones together during a reload */

struct sockets {
    struct listener {
        char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
        int fd;
    } at[SOCKETS_MAX];
    int count;
};

/* Listens at PATH, non-blocking, mode 0660, unless S does already. A file found there
 * is taken for a dead socket and removed: hold the pid file's lock. */
bool sockets_open(struct sockets *s, const char *path);

/* The descriptor for PATH; -1 if it is NULL or not open. */
int sockets_find(const struct sockets *s, const char *path);

/* Closes and removes those that none of the COUNT pools has. */
void sockets_keep(struct sockets *s, const struct pool *pools, int count);

/* Removes all files, so that whoever comes is told that nobody is home. What has been
 * opened goes on. */
void sockets_hide(const struct sockets *s);

/* In a child: closes all but MINE (-1: all), and leaves the files alone. */
void sockets_close_others(struct sockets *s, int mine);

#endif
