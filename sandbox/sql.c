#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

static void must(struct store *s, bool fine)
{
    if (!fine)
        fprintf(stderr, "prep-stripe: %s\n", sqlite3_errmsg(s->db));
    CHECK(fine);
}

sqlite3_stmt *sql_prepared(struct store *s, const char *sql)
{
    for (size_t i = 0; i < s->cached; i++)
        if (text_is(s->cache[i].sql, sql)) {
            sqlite3_reset(s->cache[i].stmt);
            return s->cache[i].stmt;
        }
    if (s->cached == SQL_STATEMENTS_MAX) {
        s->cached--;
        sqlite3_finalize(s->cache[s->cached].stmt);
        free(s->cache[s->cached].sql);
    }
    sqlite3_stmt *stmt;
    must(s, sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK);
    s->cache[s->cached].sql = strdup(sql);
    s->cache[s->cached++].stmt = stmt;
    return stmt;
}

void sql_text(sqlite3_stmt *q, int at, const char *text)
{
    CHECK(sqlite3_bind_text(q, at, text, -1, SQLITE_TRANSIENT) == SQLITE_OK);
}

void sql_int(sqlite3_stmt *q, int at, int64_t n)
{
    CHECK(sqlite3_bind_int64(q, at, n) == SQLITE_OK);
}

bool sql_step(struct store *s, sqlite3_stmt *q)
{
    int rc = sqlite3_step(q);
    must(s, rc == SQLITE_ROW || rc == SQLITE_DONE);
    if (rc == SQLITE_DONE)
        sqlite3_reset(q);
    return rc == SQLITE_ROW;
}

void sql_run(struct store *s, sqlite3_stmt *q)
{
    while (sql_step(s, q))
        continue;
}

const char *sql_column(struct arena *a, sqlite3_stmt *q, int at)
{
    return arena_strdup(a, (const char *)sqlite3_column_text(q, at));
}

size_t sql_texts(
    struct store *s, struct arena *a, sqlite3_stmt *q, size_t max, const char **out)
{
    size_t n = 0;
    while (sql_step(s, q))
        if (n < max)
            out[n++] = sql_column(a, q, 0);
    return n;
}

int64_t sql_number(struct store *s, sqlite3_stmt *q, int64_t otherwise)
{
    CHECK(sql_step(s, q));
    int64_t n = sqlite3_column_type(q, 0) == SQLITE_NULL ? otherwise
                                                         : sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return n;
}

void sql_close(struct store *s)
{
    for (size_t i = 0; i < s->cached; i++) {
        sqlite3_finalize(s->cache[i].stmt);
        free(s->cache[i].sql);
    }
    sqlite3_close(s->db);
    free(s);
}
