/* The process behind the pages: the jobs. */
#ifndef MAIN_BEHIND_H
#define MAIN_BEHIND_H

#include "util/conf.h"

/* Does jobs until told to stop (SIGTERM); the exit status of the process. */
int behind_run(const struct conf *conf);

/* `prep jobs [--once]` */
int behind_command(const struct conf *conf, int argc, char **argv);

#endif
