/* A worker: accepts FastCGI requests on one socket, one at a time. */
#ifndef MAIN_WORKER_H
#define MAIN_WORKER_H

#include "html/mustache.h"
#include "util/conf.h"

/* Serves until told to stop (SIGTERM) or conf->max_requests are done; the exit
 * status of the process. NAME is in the log ("web"). */
int worker_run(const struct conf *conf, const struct templates *templates,
    const char *name, int listen_fd);

#endif
