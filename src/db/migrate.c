#include "db/migrate.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/private.h"
#include "util/fault.h"
#include "util/guard.h"

static const char table_sql[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL,"
    " applied_at INTEGER NOT NULL) STRICT";

static void hash_of(
    const struct migration *m, unsigned char hash[crypto_hash_sha256_BYTES])
{
    crypto_hash_sha256(hash, (const unsigned char *)m->sql, strlen(m->sql));
}

static int newest(void)
{
    int n = 0;
    while (migrations[n].number != 0)
        n++;
    return n;
}

/* How many migrations the database has; each must be ours, unchanged. */
static enum result compare(sqlite3 *c, int *applied, struct buf *why)
{
    sqlite3_stmt *stmt;
    *applied = 0;
    int code = sqlite3_prepare_v2(c,
        "SELECT number, name, sha256 FROM schema_migrations ORDER BY number", -1, &stmt,
        NULL);
    if (code != SQLITE_OK) {
        buf_adds(why, "the database has no schema yet: run `prep migrate`");
        return R_CONFLICT;
    }
    enum result r = OK;
    while (r == OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        int number = sqlite3_column_int(stmt, 0);
        unsigned char hash[crypto_hash_sha256_BYTES];
        if (number != *applied + 1 || number > newest()) {
            buf_printf(why,
                "the database has migration %d (%s), this program ends at %d:"
                " it is older than the data; install the newer program",
                number, (const char *)sqlite3_column_text(stmt, 1), newest());
            r = R_CONFLICT;
            break;
        }
        hash_of(&migrations[number - 1], hash);
        if (sqlite3_column_bytes(stmt, 2) != (int)sizeof hash ||
            memcmp(sqlite3_column_blob(stmt, 2), hash, sizeof hash) != 0) {
            buf_printf(why,
                "migration %s was changed after it was applied;"
                " put a new one behind it instead",
                migrations[number - 1].name);
            r = R_CONFLICT;
        }
        *applied = number;
    }
    if (r == OK && code != SQLITE_DONE) {
        buf_printf(why, "reading schema_migrations: %s", sqlite3_errmsg(c));
        r = R_FAULT;
    }
    sqlite3_finalize(stmt);
    return r;
}

enum result migrate_check(sqlite3 *c, struct buf *why)
{
    int applied;
    TRY(compare(c, &applied, why));
    if (applied == newest())
        return OK;
    buf_printf(why,
        "the database is at migration %d, this program needs %d: run `prep migrate`",
        applied, newest());
    return R_CONFLICT;
}

static enum result record(
    sqlite3 *c, const struct migration *m, int64_t now_at, struct buf *why)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    hash_of(m, hash);
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(c,
        "INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES (?, "
        "?, ?, ?)",
        -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int(stmt, 1, m->number);
        sqlite3_bind_text(stmt, 2, m->name, -1, SQLITE_STATIC);
        sqlite3_bind_blob(stmt, 3, hash, sizeof hash, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 4, now_at);
        code = sqlite3_step(stmt);
        sqlite3_finalize(stmt);
    }
    if (code != SQLITE_DONE) {
        buf_printf(why, "%s", sqlite3_errmsg(c));
        return R_FAULT;
    }
    return OK;
}

static enum result apply(
    sqlite3 *c, const struct migration *m, int64_t now_at, struct buf *why)
{
    TRY(sql_run(c, "BEGIN IMMEDIATE", why));
    enum result r = sql_run(c, m->sql, why);
    if (r == OK && FAULT("migrate.apply"))
        r = R_FAULT;
    if (r == OK)
        r = record(c, m, now_at, why);
    if (r == OK)
        r = sql_run(c, "COMMIT", why);
    if (r != OK) {
        buf_printf(why, " (migration %s)", m->name);
        if (!sqlite3_get_autocommit(c))
            CHECK(sqlite3_exec(c, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
    }
    return r;
}

static enum result run_locked(
    sqlite3 *c, int64_t now_at, struct buf *news, struct buf *why)
{
    int applied;
    TRY(sql_run(c, table_sql, why));
    TRY(compare(c, &applied, why));
    for (const struct migration *m = migrations + applied; m->number != 0; m++) {
        TRY(apply(c, m, now_at, why));
        buf_printf(news, "applied %s\n", m->name);
    }
    return OK;
}

enum result migrate_run(
    const char *dir, int64_t now_at, struct buf *news, struct buf *why)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        buf_printf(why, "%s: %s", dir, strerror(errno));
        return R_FAULT;
    }
    int lock = lock_open(dir);
    if (lock < 0) {
        buf_printf(why, "%s/prep.db.lock: %s", dir, strerror(errno));
        return R_FAULT;
    }
    sqlite3 *c = NULL;
    char file[4096];
    enum result r = lock_take(lock);
    if (r == OK &&
        ((size_t)snprintf(file, sizeof file, "%s/prep.db", dir) >= sizeof file ||
            !connection_make_file(file))) {
        buf_printf(why, "%s/prep.db: %s", dir, strerror(errno));
        r = R_FAULT;
    }
    if (r == OK)
        r = connection_open(dir, DB_WRITE, &c, why);
    if (r == OK)
        r = run_locked(c, now_at, news, why);
    sqlite3_close(c);
    lock_drop(lock);
    close(lock);
    return r;
}
