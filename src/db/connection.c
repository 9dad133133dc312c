/* Opening the file, its settings, and the write lock. SQLite only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "db/private.h"
#include "util/guard.h"
#include "util/log.h"

/* Debian 12's library has the WAL-reset bug, so memory mapping stays off, and
 * nobody checkpoints on close outside the write lock. FULL: it is money. */
static const char settings_both[] = "PRAGMA mmap_size = 0;"
                                    "PRAGMA foreign_keys = ON;"
                                    "PRAGMA trusted_schema = OFF;"
                                    "PRAGMA cell_size_check = ON;"
                                    "PRAGMA temp_store = MEMORY;";
/* Each worker has caches of its own, and SQLite empties them whenever another process
 * has committed; the system's cache of the file is everybody's. What does not fit is
 * read from there: some 25 pages for a search in a place that nobody has asked for just
 * now, which are a tenth of its time. Larger ones would be more than all else that a
 * worker has. */
static const char settings_reader[] = "PRAGMA cache_size = -1500;";
static const char settings_writer[] = "PRAGMA cache_size = -1000;"
                                      "PRAGMA journal_mode = WAL;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA journal_size_limit = 67108864;";

enum result result_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return OK;
    case SQLITE_CONSTRAINT:
        return R_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return R_BUSY;
    default:
        return R_FAULT;
    }
}

enum result sql_run(sqlite3 *c, const char *sql, struct buf *why)
{
    char *message = NULL;
    int code = sqlite3_exec(c, sql, NULL, NULL, &message);
    if (code != SQLITE_OK)
        buf_printf(why, "%s", message != NULL ? message : sqlite3_errstr(code));
    sqlite3_free(message);
    return result_of(code);
}

bool connection_make_file(const char *file)
{
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0;
}

enum result connection_open(
    const char *dir, enum db_mode mode, sqlite3 **out, struct buf *why)
{
    char path[4096];
    *out = NULL;
    if ((size_t)snprintf(path, sizeof path, "%s/prep.db", dir) >= sizeof path) {
        buf_adds(why, "the data folder's name is too long");
        return R_FAULT;
    }
    int flags = mode == DB_READ ? SQLITE_OPEN_READONLY
                                : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3 *c = NULL;
    int code = sqlite3_open_v2(path, &c, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        buf_printf(why, "%s: %s", path, sqlite3_errstr(code));
        sqlite3_close(c);
        return R_FAULT;
    }
    sqlite3_extended_result_codes(c, 1);
    sqlite3_busy_timeout(c, 5000);
    sqlite3_db_config(c, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* A plan stays what it was at the start, whatever is bound: no query is prepared
     * again while a page is made, and the plans that the lint reads are those that run.
     */
    sqlite3_db_config(c, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    enum result r = sql_run(c, settings_both, why);
    if (r == OK)
        r = sql_run(c, mode == DB_WRITE ? settings_writer : settings_reader, why);
    if (r != OK) {
        sqlite3_close(c);
        return r;
    }
    *out = c;
    return OK;
}

int lock_open(const char *dir)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/prep.db.lock", dir) >= sizeof path)
        return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

enum result lock_take(int fd)
{
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            log_error("db_lock", "%s", strerror(errno));
            return R_FAULT;
        }
    }
    return OK;
}

void lock_drop(int fd)
{
    CHECK(flock(fd, LOCK_UN) == 0);
}

const char *db_library_version(void)
{
    return sqlite3_libversion();
}
