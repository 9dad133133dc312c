/* Backup, verification and the plan lint's eyes. SQLite only. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/private.h"
#include "util/guard.h"

/* Every row of SQL as a line, except rows that say "ok". */
static enum result complaints(sqlite3 *c, const char *sql, struct buf *found)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(c, sql, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return R_FAULT;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        if (text != NULL && strcmp(text, "ok") != 0)
            buf_printf(found, "%s\n", text);
    }
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? OK : R_FAULT;
}

static enum result verify(sqlite3 *c, struct buf *found)
{
    TRY(complaints(c, "PRAGMA integrity_check(20)", found));
    TRY(complaints(c, "PRAGMA foreign_key_check", found));
    return found->n == 0 ? OK : R_FAULT;
}

enum result db_verify(struct db *db, struct buf *found)
{
    return verify(db->reader, found);
}

static enum result copy(sqlite3 *from, const char *file, struct buf *why)
{
    sqlite3 *to = NULL;
    int code = SQLITE_CANTOPEN;
    if (connection_make_file(file))
        code = sqlite3_open_v2(
            file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        /* All pages in one step: a smaller one starts again at each foreign commit. */
        sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
        code = b == NULL ? sqlite3_errcode(to) : sqlite3_backup_step(b, -1);
        if (b != NULL)
            sqlite3_backup_finish(b);
        if (code == SQLITE_DONE)
            code = SQLITE_OK;
    }
    enum result r = code == SQLITE_OK ? verify(to, why) : R_FAULT;
    if (code != SQLITE_OK)
        buf_printf(why, "%s: %s", file, sqlite3_errstr(code));
    sqlite3_close(to);
    return r;
}

enum result db_backup(struct db *db, const char *file, struct buf *why)
{
    char part[4096];
    if (access(file, F_OK) == 0) {
        buf_printf(why, "%s is there already", file);
        return R_CONFLICT;
    }
    if ((size_t)snprintf(part, sizeof part, "%s.part", file) >= sizeof part) {
        buf_adds(why, "the file's name is too long");
        return R_INVALID;
    }
    enum result r = copy(db->reader, part, why);
    if (r == OK) {
        int fd = open(part, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fsync(fd) != 0 || rename(part, file) != 0) {
            buf_printf(why, "%s cannot be written", file);
            r = R_FAULT;
        }
        if (fd >= 0)
            close(fd);
    }
    if (r != OK)
        unlink(part);
    return r;
}

enum result db_explain(struct db *db, enum query_id id, struct buf *out)
{
    char sql[16384];
    CHECK((size_t)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s",
              query_texts[id].sql) < sizeof sql);
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db->reader, sql, -1, &stmt, NULL) != SQLITE_OK) {
        buf_printf(out, "%s\n", sqlite3_errmsg(db->reader));
        return R_FAULT;
    }
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        buf_printf(out, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? OK : R_FAULT;
}
