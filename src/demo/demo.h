/* A demo city for an empty database: 40 kitchens, people, bookings, reviews. The
 * same city every time. `prep demo` and the tests load it. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "app/ctx.h"

/* Loads it. R_CONFLICT if there are accounts already. ARG is not used: an app_work. */
enum result demo_load(struct ctx *c, void *arg);

/* Prints who can log in, and how. */
void demo_print_people(void);

#endif
