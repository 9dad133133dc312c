/* Shared by the files of this folder only. */
#ifndef DB_PRIVATE_H
#define DB_PRIVATE_H

#include <sqlite3.h>

#include "db/db.h"

enum { PARAMETERS_MAX = 64 };

/* The names of a statement's parameters or columns, and where to look first: they
 * are asked for in the order of the query, mostly. */
struct names {
    int n, next;
    const char **at;
    const char **asked; /* the literal that last asked for each, or NULL */
};

/* One prepared statement; or one that could not be prepared, and fails at its step. */
struct query {
    struct db *db;
    sqlite3 *connection;
    sqlite3_stmt *stmt;
    enum query_id id;
    enum result failed; /* why there is no stmt */
    bool writes, stepped, in_use;
    uint64_t bound, wanted; /* a bit per parameter */
    struct names parameters, columns;
    const char **names; /* of both, one block */
};

struct db {
    sqlite3 *reader, *writer;
    sqlite3_stmt *begin_reading, *end_reading;
    struct query *read[Q__MAX], *write[Q__MAX]; /* NULL: not asked for yet */
    struct query failed;        /* stands for each that could not be prepared */
    struct query *used[Q__MAX]; /* to reset at the unit's end */
    int used_count;
    struct arena *arena;
    enum db_mode mode;
    int lock_fd;
    bool in_transaction, is_reading;
    int count;
};

/* Makes sure that FILE is there, for its owner alone; what SQLite puts beside it is as
 * private. Before SQLite has it open in this process: the close would drop its locks.
 */
bool connection_make_file(const char *file);

/* Opens DIR/prep.db with all settings that the house asks for. */
enum result connection_open(
    const char *dir, enum db_mode mode, sqlite3 **out, struct buf *why);

/* Opens DIR/prep.db.lock; -1 on failure. */
int lock_open(const char *dir);
enum result lock_take(int fd);
void lock_drop(int fd);

/* Runs plain SQL without parameters. */
enum result sql_run(sqlite3 *c, const char *sql, struct buf *why);

enum result result_of(int sqlite_code);

#endif
