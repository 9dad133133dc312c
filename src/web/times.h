/* Day and times as typed in a form, in a kitchen's zone. */
#ifndef WEB_TIMES_H
#define WEB_TIMES_H

#include "http/form.h"
#include "util/zone.h"

/* The instants that fields DATE, START and END of F mean in Z. An end that is not
 * after the start is on the next day. A time that the clocks skip on that day is an
 * error at its field; of one that they show twice the first is meant. False: F has
 * errors. */
bool times_of_form(struct form *f, const struct zone *z, const char *date,
    const char *start, const char *end, int64_t *start_at, int64_t *end_at);

#endif
