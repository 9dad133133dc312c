/* What a worker will need, tried once before workers are started. */
#ifndef MAIN_REHEARSAL_H
#define MAIN_REHEARSAL_H

#include <stdbool.h>

#include "html/mustache.h"
#include "util/conf.h"

/* Opens the site in a process of its own, since the supervisor has no database, and
 * prepares every query there. False after having logged why it cannot be done: the
 * database is not migrated, say, or a query does not fit the schema. It may take half
 * a minute, if the machine is that slow. */
bool rehearsal_passes(const struct conf *conf, const struct templates *templates);

#endif
