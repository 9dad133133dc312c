/* `prep reconcile`: our books against Stripe's, now. */
#ifndef MAIN_RECONCILE_H
#define MAIN_RECONCILE_H

#include "util/conf.h"

/* Prints the differences that are open after a look. Status 0: there are none; 1: there
 * are; 2: Stripe or another process kept it from looking. */
int reconcile_command(const struct conf *conf, int argc, char **argv);

#endif
