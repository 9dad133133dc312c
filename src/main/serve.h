#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H

#include "util/conf.h"

/* `prep serve`: the pools and the jobs process under one supervisor. */
int serve_command(const struct conf *conf, int argc, char **argv);

#endif
