/* Migrations: the files of sql/schema/, compiled in, each applied once in one
 * transaction and recorded with its hash. A file that changed after it was
 * applied, and a database newer than the program, are refused with a sentence. */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdint.h>

#include "util/buf.h"
#include "util/result.h"

struct sqlite3;

/* One file of sql/schema/. The table ends with number 0. */
struct migration {
    int number;
    const char *name, *sql;
};

extern const struct migration migrations[];

/* Brings DIR/prep.db (made if absent) to the newest schema. NEWS gets a line for
 * each step done, WHY the reason of a refusal. */
enum result migrate_run(
    const char *dir, int64_t now_at, struct buf *news, struct buf *why);

/* OK if the open database has exactly this program's migrations. */
enum result migrate_check(struct sqlite3 *connection, struct buf *why);

#endif
