/* Looks of tests into a database: the first column of a query's first row. FORMAT is
 * sqlite3_mprintf's: %Q quotes a text, %lld is an int64_t. A query that fails ends the
 * test. */
#ifndef SUPPORT_ROWS_H
#define SUPPORT_ROWS_H

#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>

#include "util/arena.h"

/* 0 without a row. */
int64_t rows_int(sqlite3 *db, const char *format, va_list ap);

/* In A; NULL without a row. */
const char *rows_text(struct arena *a, sqlite3 *db, const char *format, va_list ap);

/* The statement, on its first row if there is one; the caller finalizes it. */
sqlite3_stmt *rows_first(sqlite3 *db, const char *sql);

#endif
