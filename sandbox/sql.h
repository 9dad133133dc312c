/* Statements on the sandbox's SQLite file, for store.c and ledger.c only. A fault is
 * the end of the program. */
#ifndef SANDBOX_SQL_H
#define SANDBOX_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

enum { SQL_STATEMENTS_MAX = 96 };

struct store {
    sqlite3 *db;
    struct {
        char *sql;
        sqlite3_stmt *stmt;
    } cache[SQL_STATEMENTS_MAX];
    size_t cached;
    bool moved; /* money has, since the last commit */
};

/* The statement of this text, prepared once and reset. */
sqlite3_stmt *sql_prepared(struct store *s, const char *sql);
void sql_text(sqlite3_stmt *q, int at, const char *text);
void sql_int(sqlite3_stmt *q, int at, int64_t n);

/* True while there is a row. */
bool sql_step(struct store *s, sqlite3_stmt *q);
void sql_run(struct store *s, sqlite3_stmt *q);

/* The text of column AT, in the arena. */
const char *sql_column(struct arena *a, sqlite3_stmt *q, int at);

/* The texts of column 0, at most MAX of them; how many. */
size_t sql_texts(
    struct store *s, struct arena *a, sqlite3_stmt *q, size_t max, const char **out);

/* The one number that Q gives; OTHERWISE for NULL. */
int64_t sql_number(struct store *s, sqlite3_stmt *q, int64_t otherwise);

void sql_close(struct store *s);

#endif
