/* What a database holds, as a hash for each table, to see what has changed. */
#ifndef SUPPORT_SNAPSHOT_H
#define SUPPORT_SNAPSHOT_H

#include <sqlite3.h>

#include "util/arena.h"

/* Of all rows of all tables but `jobs`: a line a table, its name first. In A. */
const char *snapshot_take(struct arena *a, sqlite3 *db);

/* The names of the tables that differ between two of the same database, each after a
 * blank; "": none does. */
const char *snapshot_changes(struct arena *a, const char *before, const char *after);

#endif
