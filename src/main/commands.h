/* The sub-commands of prep. Each gets the settings and its own arguments and
 * returns the program's exit status. */
#ifndef MAIN_COMMANDS_H
#define MAIN_COMMANDS_H

#include "util/conf.h"

struct command {
    const char *name, *arguments, *help;
    int (*run)(const struct conf *conf, int argc, char **argv);
};

/* Ends with a row without name. */
extern const struct command commands[];

/* The settings file that `prep serve` reads again on HUP; NULL: defaults. */
extern const char *commands_conf_file;

#endif
