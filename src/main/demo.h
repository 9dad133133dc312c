#ifndef MAIN_DEMO_H
#define MAIN_DEMO_H

#include "util/conf.h"

/* `prep demo`: fills an empty database with a city of 40 kitchens, people,
 * bookings and reviews, and prints who can log in. Refuses a database that has
 * accounts. */
int demo_command(const struct conf *conf, int argc, char **argv);

#endif
