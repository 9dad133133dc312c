#include "db/db.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/migrate.h"
#include "db/private.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"

/* For the check that the tests run each query (tests/lint/ran.sh): the name goes to the
 * file that PREP_QUERIES_RUN names, once a process. */
#ifdef PREP_DEBUG
static void note_run(enum query_id id)
{
    static bool noted[Q__MAX];
    const char *file = getenv("PREP_QUERIES_RUN");
    if (file == NULL || noted[id])
        return;
    noted[id] = true;
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && dprintf(fd, "%s\n", query_texts[id].name) > 0 && close(fd) == 0);
}
#else
#define note_run(id) ((void)0)
#endif

/* The names of parameters (without the colon) and columns, and as many places for
 * those who asked, in one block that the first element frees. Copied, since SQLite's
 * own texts die when it prepares the statement anew after a change of the schema. */
static const char **copy_names(sqlite3_stmt *stmt, int parameters, int columns)
{
    size_t count = (size_t)(parameters + columns), bytes = 0;
    const char **names = calloc(2 * count + 1, sizeof *names);
    CHECK(names != NULL);
    for (int i = 0; i < parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i + 1);
        CHECK(name != NULL && name[0] == ':');
        names[i] = name + 1;
    }
    for (int i = 0; i < columns; i++)
        names[parameters + i] = sqlite3_column_name(stmt, i);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(names[i]) + 1;
    const char **block = realloc(names, (2 * count + 1) * sizeof *names + bytes);
    CHECK(block != NULL);
    char *text = (char *)(block + 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(block[i]) + 1;
        block[i] = memcpy(text, block[i], n);
        text += n;
    }
    return block;
}

static enum result prepare(struct db *db, sqlite3 *connection, enum query_id id,
    struct query **out, struct buf *why)
{
    const struct query_text *text = &query_texts[id];
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(
        connection, text->sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (code != SQLITE_OK) {
        buf_printf(why, "%s: query %s: %s", text->file, text->name,
            sqlite3_errmsg(connection));
        return result_of(code);
    }
    int parameters = sqlite3_bind_parameter_count(stmt);
    int columns = sqlite3_column_count(stmt);
    CHECK(parameters <= PARAMETERS_MAX);
    struct query *q = calloc(1, sizeof *q);
    const char **names = copy_names(stmt, parameters, columns);
    CHECK(q != NULL);
    *q = (struct query) {
        .db = db,
        .connection = connection,
        .stmt = stmt,
        .id = id,
        .writes = !sqlite3_stmt_readonly(stmt),
        .wanted = parameters == 64 ? UINT64_MAX : ((uint64_t)1 << parameters) - 1,
        .parameters = { parameters, 0, names, names + parameters + columns },
        .columns = { columns, 0, names + parameters, names + 2 * parameters + columns },
        .names = names,
    };
    *out = q;
    return OK;
}

static void query_free(struct query *q)
{
    if (q == NULL)
        return;
    sqlite3_finalize(q->stmt);
    free(q->names);
    free(q);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (int id = 0; id < Q__MAX; id++) {
        query_free(db->read[id]);
        query_free(db->write[id]);
    }
    sqlite3_finalize(db->begin_reading);
    sqlite3_finalize(db->end_reading);
    sqlite3_close(db->reader);
    sqlite3_close(db->writer);
    if (db->lock_fd >= 0)
        close(db->lock_fd);
    free(db);
}

static enum result open_all(struct db *db, const char *dir, struct buf *why)
{
    db->lock_fd = lock_open(dir);
    if (db->lock_fd < 0) {
        buf_printf(why, "%s/prep.db.lock cannot be opened", dir);
        return R_FAULT;
    }
    TRY(connection_open(dir, DB_WRITE, &db->writer, why));
    TRY(migrate_check(db->writer, why));
    TRY(connection_open(dir, DB_READ, &db->reader, why));
    CHECK(sqlite3_prepare_v3(db->reader, "BEGIN", -1, SQLITE_PREPARE_PERSISTENT,
              &db->begin_reading, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v3(db->reader, "COMMIT", -1, SQLITE_PREPARE_PERSISTENT,
              &db->end_reading, NULL) == SQLITE_OK);
    return OK;
}

enum result db_prepare_all(struct db *db, struct buf *why)
{
    for (int id = 0; id < Q__MAX; id++) {
        struct query *q = NULL;
        TRY(prepare(db, db->reader, id, &q, why));
        bool writes = q->writes;
        query_free(q);
        if (!writes)
            continue;
        TRY(prepare(db, db->writer, id, &q, why));
        query_free(q);
    }
    return OK;
}

/* Few queries are asked for in each pool, and each costs some 5 kB: so each is prepared
 * for the one who first wants it. */
static struct query *prepared(struct db *db, enum query_id id)
{
    bool reads = db->mode == DB_READ;
    struct query **kept = reads ? &db->read[id] : &db->write[id];
    if (*kept != NULL)
        return *kept;
    sqlite3 *connection = reads ? db->reader : db->writer;
    struct buf why;
    buf_init(&why, 1024);
    enum result r = prepare(db, connection, id, kept, &why);
    if (r != OK)
        log_error("db_prepare", "%s", why.at);
    buf_free(&why);
    if (r == OK)
        return *kept;
    db->failed =
        (struct query) { .db = db, .connection = connection, .id = id, .failed = r };
    return &db->failed;
}

enum result db_open(const char *dir, struct db **out, struct buf *why)
{
    struct db *db = calloc(1, sizeof *db);
    CHECK(db != NULL);
    db->lock_fd = -1;
    enum result r = open_all(db, dir, why);
    if (r != OK) {
        db_close(db);
        return r;
    }
    *out = db;
    return OK;
}

void db_unit(struct db *db, struct arena *a, enum db_mode mode)
{
    CHECK(!db->in_transaction && !db->is_reading && db->used_count == 0);
    db->arena = a;
    db->mode = mode;
    db->count = 0;
}

static void reset_used(struct db *db)
{
    for (int i = 0; i < db->used_count; i++) {
        sqlite3_reset(db->used[i]->stmt);
        sqlite3_clear_bindings(db->used[i]->stmt);
        db->used[i]->in_use = false;
    }
    db->used_count = 0;
}

/* One step of a statement without rows. Neither BEGIN nor COMMIT touches the file
 * here: the first query takes the snapshot, and nothing was written. */
static void run_once(sqlite3_stmt *stmt)
{
    CHECK(sqlite3_step(stmt) == SQLITE_DONE);
    sqlite3_reset(stmt);
}

void db_unit_end(struct db *db)
{
    if (db->in_transaction)
        db_rollback(db);
    reset_used(db);
    /* An error may have ended it (SQLite rolls back by itself on some of them). */
    if (db->is_reading && !sqlite3_get_autocommit(db->reader))
        run_once(db->end_reading);
    db->is_reading = false;
    db->arena = NULL;
}

enum result db_begin(struct db *db)
{
    CHECK(db->mode == DB_WRITE && !db->in_transaction);
    if (FAULT("db.begin"))
        return R_BUSY;
    /* A statement left half read holds a snapshot, and one that others have written
     * past could not become the transaction's. */
    reset_used(db);
    TRY(lock_take(db->lock_fd));
    int code = sqlite3_exec(db->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        lock_drop(db->lock_fd);
        log_error("db_begin", "%s", sqlite3_errmsg(db->writer));
        return result_of(code);
    }
    db->in_transaction = true;
    return OK;
}

enum result db_commit(struct db *db)
{
    CHECK(db->in_transaction);
    if (FAULT("db.commit")) {
        db_rollback(db);
        return R_FAULT;
    }
    /* A statement left half read would keep its snapshot open, and the
     * checkpoint that this commit may run could not move past it. */
    reset_used(db);
    int code = sqlite3_exec(db->writer, "COMMIT", NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        log_error("db_commit", "%s", sqlite3_errmsg(db->writer));
        db_rollback(db);
        return result_of(code) == OK ? R_FAULT : result_of(code);
    }
    db->in_transaction = false;
    lock_drop(db->lock_fd);
    return OK;
}

void db_rollback(struct db *db)
{
    if (!db->in_transaction)
        return;
    reset_used(db);
    /* SQLite may have rolled back by itself (disk full): then this fails, rightly. */
    if (!sqlite3_get_autocommit(db->writer))
        CHECK(sqlite3_exec(db->writer, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
    db->in_transaction = false;
    lock_drop(db->lock_fd);
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction || db->is_reading;
}

int db_query_count(const struct db *db)
{
    return db->count;
}

int64_t db_last_id(const struct db *db)
{
    return sqlite3_last_insert_rowid(db->writer);
}

struct query *db_query(struct db *db, enum query_id id)
{
    CHECK(db->arena != NULL);
    struct query *q = prepared(db, id);
    if (q->failed != OK)
        return q;
    CHECK(!q->writes || db->in_transaction); /* never in a unit that may only read */
    if (db->mode == DB_READ && !db->is_reading) {
        run_once(db->begin_reading);
        db->is_reading = true;
    }
    if (q->in_use) {
        sqlite3_reset(q->stmt);
    } else {
        q->in_use = true;
        db->used[db->used_count++] = q;
    }
    q->bound = 0;
    q->stepped = false;
    q->parameters.next = q->columns.next = 0;
    return q;
}

static int find_by_letters(const struct names *all, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (strcmp(all->at[i], name) == 0)
            return i;
    return -1;
}

static int find_by_address(const struct names *all, const char *name)
{
    for (int k = 0, i = all->next; k < all->n; k++, i = i + 1 < all->n ? i + 1 : 0)
        if (all->asked[i] == name)
            return i;
    return -1;
}

/* The place of a name, or -1. */
static int find_name(struct names *all, const char *name)
{
    int i = find_by_address(all, name);
    if (i < 0) {
        i = find_by_letters(all, name);
        if (i < 0)
            return -1;
        all->asked[i] = name;
    }
    all->next = i + 1 < all->n ? i + 1 : 0;
    return i;
}

static int parameter(struct query *q, const char *name)
{
    if (q->failed != OK)
        return 0;
    int i = find_name(&q->parameters, name);
    if (i < 0)
        log_error(
            "db_bind", "query %s has no parameter :%s", query_texts[q->id].name, name);
    CHECK(i >= 0);
    CHECK(!q->stepped);
    q->bound |= (uint64_t)1 << i;
    return i + 1;
}

/* To bind to no statement is misuse, and does nothing. */
static void check_bound(const struct query *q, int code)
{
    CHECK(code == SQLITE_OK || (code == SQLITE_MISUSE && q->failed != OK));
}

void query_bind_int(struct query *q, const char *name, int64_t n)
{
    check_bound(q, sqlite3_bind_int64(q->stmt, parameter(q, name), n));
}

void query_bind_id(struct query *q, const char *name, int64_t id)
{
    if (id == 0)
        query_bind_null(q, name);
    else
        query_bind_int(q, name, id);
}

void query_bind_real(struct query *q, const char *name, double x)
{
    check_bound(q, sqlite3_bind_double(q->stmt, parameter(q, name), x));
}

void query_bind_text(struct query *q, const char *name, const char *s)
{
    check_bound(
        q, sqlite3_bind_text(q->stmt, parameter(q, name), s, -1, SQLITE_STATIC));
}

void query_bind_blob(struct query *q, const char *name, const void *bytes, size_t n)
{
    check_bound(
        q, sqlite3_bind_blob64(q->stmt, parameter(q, name), bytes, n, SQLITE_STATIC));
}

void query_bind_null(struct query *q, const char *name)
{
    check_bound(q, sqlite3_bind_null(q->stmt, parameter(q, name)));
}

enum result query_step(struct query *q)
{
    if (q->failed != OK)
        return q->failed;
    if (!q->stepped) {
        if (q->bound != q->wanted)
            log_error(
                "db_bind", "query %s has unbound parameters", query_texts[q->id].name);
        CHECK(q->bound == q->wanted);
        q->stepped = true;
        q->db->count++;
        note_run(q->id);
        if (FAULT("db.query"))
            return R_FAULT;
    }
    int code = sqlite3_step(q->stmt);
    if (code == SQLITE_ROW)
        return OK;
    enum result r = result_of(code);
    if (r != OK && r != R_CONFLICT)
        log_error("db_step", "query %s: %s (%d)", query_texts[q->id].name,
            sqlite3_errmsg(q->connection), code);
    sqlite3_reset(q->stmt);
    return r == OK ? R_NOT_FOUND : r;
}

enum result query_run(struct query *q)
{
    enum result r;
    do
        r = query_step(q);
    while (r == OK);
    return query_end(r);
}

enum result query_run_one(struct query *q)
{
    TRY(query_run(q));
    return query_changes(q) == 1 ? OK : R_CONFLICT;
}

int query_changes(const struct query *q)
{
    return sqlite3_changes(q->connection);
}

static int column(struct query *q, const char *name)
{
    int i = find_name(&q->columns, name);
    if (i < 0)
        log_error(
            "db_column", "query %s has no column %s", query_texts[q->id].name, name);
    CHECK(i >= 0);
    return i;
}

int64_t query_col_int(struct query *q, const char *name)
{
    return sqlite3_column_int64(q->stmt, column(q, name));
}

double query_col_real(struct query *q, const char *name)
{
    return sqlite3_column_double(q->stmt, column(q, name));
}

const char *query_col_text_here(struct query *q, const char *name)
{
    return (const char *)sqlite3_column_text(q->stmt, column(q, name));
}

char *query_col_text(struct query *q, const char *name)
{
    int i = column(q, name);
    const char *s = (const char *)sqlite3_column_text(q->stmt, i);
    if (s == NULL)
        return NULL;
    return arena_strndup(q->db->arena, s, (size_t)sqlite3_column_bytes(q->stmt, i));
}

const void *query_col_blob(struct query *q, const char *name, size_t *n)
{
    int i = column(q, name);
    const void *bytes = sqlite3_column_blob(q->stmt, i);
    *n = (size_t)sqlite3_column_bytes(q->stmt, i);
    return bytes == NULL ? NULL : arena_memdup(q->db->arena, bytes, *n);
}

bool query_col_is_null(struct query *q, const char *name)
{
    return sqlite3_column_type(q->stmt, column(q, name)) == SQLITE_NULL;
}

enum result query_ids(struct query *q, size_t max, int64_t **ids, size_t *n)
{
    enum result r;
    *ids = arena_array(q->db->arena, max, sizeof **ids);
    *n = 0;
    bind_int(q, "max", (int64_t)max);
    for (QUERY_EACH(q, r))
        (*ids)[(*n)++] = col_int(q, "id");
    return query_end(r);
}

enum result query_text_ids(struct query *q, size_t max, const char ***ids, size_t *n)
{
    enum result r;
    *ids = arena_array(q->db->arena, max, sizeof **ids);
    *n = 0;
    bind_int(q, "max", (int64_t)max);
    for (QUERY_EACH(q, r))
        (*ids)[(*n)++] = col_text(q, "id");
    return query_end(r);
}
