#include "support/rows.h"

#include <stdio.h>

#include "util/guard.h"

sqlite3_stmt *rows_first(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
    CHECK(code == SQLITE_ROW || code == SQLITE_DONE);
    return stmt;
}

static sqlite3_stmt *first(sqlite3 *db, const char *format, va_list ap)
{
    char *sql = sqlite3_vmprintf(format, ap);
    CHECK(sql != NULL);
    sqlite3_stmt *stmt = rows_first(db, sql);
    sqlite3_free(sql);
    return stmt;
}

int64_t rows_int(sqlite3 *db, const char *format, va_list ap)
{
    sqlite3_stmt *stmt = first(db, format, ap);
    int64_t n = sqlite3_data_count(stmt) > 0 ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return n;
}

const char *rows_text(struct arena *a, sqlite3 *db, const char *format, va_list ap)
{
    sqlite3_stmt *stmt = first(db, format, ap);
    const char *text = NULL;
    if (sqlite3_data_count(stmt) > 0)
        text = arena_strdup(a, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return text;
}
