#include "store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/guard.h"
#include "util/text.h"

enum { STATEMENTS_MAX = 64, SCHEMA_MAX = 1 << 20 };

struct store {
    sqlite3 *db;
    struct {
        char *sql;
        sqlite3_stmt *stmt;
    } cache[STATEMENTS_MAX];
    size_t cached;
};

static void must(struct store *s, bool fine)
{
    if (!fine)
        fprintf(stderr, "prep-stripe: %s\n", sqlite3_errmsg(s->db));
    CHECK(fine);
}

static sqlite3_stmt *prepared(struct store *s, const char *sql)
{
    for (size_t i = 0; i < s->cached; i++)
        if (text_is(s->cache[i].sql, sql)) {
            sqlite3_reset(s->cache[i].stmt);
            return s->cache[i].stmt;
        }
    if (s->cached == STATEMENTS_MAX) {
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

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
    CHECK(sqlite3_bind_text(q, at, text, -1, SQLITE_TRANSIENT) == SQLITE_OK);
}

static void bind_int(sqlite3_stmt *q, int at, int64_t n)
{
    CHECK(sqlite3_bind_int64(q, at, n) == SQLITE_OK);
}

static bool step(struct store *s, sqlite3_stmt *q)
{
    int rc = sqlite3_step(q);
    must(s, rc == SQLITE_ROW || rc == SQLITE_DONE);
    if (rc == SQLITE_DONE)
        sqlite3_reset(q);
    return rc == SQLITE_ROW;
}

static void run(struct store *s, sqlite3_stmt *q)
{
    while (step(s, q))
        continue;
}

static const char *column(struct arena *a, sqlite3_stmt *q, int at)
{
    return arena_strdup(a, (const char *)sqlite3_column_text(q, at));
}

/* ---- the file ----------------------------------------------------------------------
 */

static char *read_schema(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return NULL;
    }
    char *text = calloc(1, SCHEMA_MAX + 1);
    CHECK(text != NULL);
    size_t n = fread(text, 1, SCHEMA_MAX, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

struct store *store_open(const char *path, const char *schema_path)
{
    char *schema = read_schema(schema_path);
    if (schema == NULL)
        return NULL;
    struct store *s = calloc(1, sizeof *s);
    CHECK(s != NULL);
    bool fine = sqlite3_open(path, &s->db) == SQLITE_OK &&
                sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) ==
                    SQLITE_OK &&
                sqlite3_exec(s->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL) ==
                    SQLITE_OK &&
                sqlite3_exec(s->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(s->db, "DELETE FROM idempotency WHERE state = 'running'",
                    NULL, NULL, NULL) == SQLITE_OK;
    free(schema);
    if (!fine) {
        fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(s->db));
        store_close(s);
        return NULL;
    }
    return s;
}

void store_close(struct store *s)
{
    for (size_t i = 0; i < s->cached; i++) {
        sqlite3_finalize(s->cache[i].stmt);
        free(s->cache[i].sql);
    }
    sqlite3_close(s->db);
    free(s);
}

void store_begin(struct store *s)
{
    run(s, prepared(s, "BEGIN IMMEDIATE"));
    store_mark(s);
}

void store_mark(struct store *s)
{
    run(s, prepared(s, "SAVEPOINT work"));
}

void store_undo(struct store *s)
{
    run(s, prepared(s, "ROLLBACK TO work"));
}

void store_commit(struct store *s)
{
    run(s, prepared(s, "COMMIT"));
}

char *store_setting(struct store *s, struct arena *a, const char *name)
{
    sqlite3_stmt *q = prepared(s, "SELECT value FROM settings WHERE name = ?1");
    bind_text(q, 1, name);
    char *value = NULL;
    if (step(s, q))
        value = arena_strdup(a, (const char *)sqlite3_column_text(q, 0));
    sqlite3_reset(q);
    return value;
}

void store_set(struct store *s, const char *name, const char *value)
{
    sqlite3_stmt *q =
        prepared(s, "INSERT INTO settings (name, value) VALUES (?1, ?2)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    bind_text(q, 1, name);
    bind_text(q, 2, value);
    run(s, q);
}

/* ---- objects -----------------------------------------------------------------------
 */

#define OBJECT_COLUMNS "seq, id, kind, account, created_at, body, inner"

static void read_object(struct arena *a, sqlite3_stmt *q, struct stored *out)
{
    *out = (struct stored) {
        .seq = sqlite3_column_int64(q, 0),
        .id = column(a, q, 1),
        .kind = column(a, q, 2),
        .account = column(a, q, 3),
        .created_at = sqlite3_column_int64(q, 4),
        .body = column(a, q, 5),
        .inner = column(a, q, 6),
    };
}

void store_put(struct store *s, const struct stored *o)
{
    sqlite3_stmt *q = prepared(s,
        "INSERT INTO objects (id, kind, account, created_at, body, inner)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, inner = excluded.inner");
    bind_text(q, 1, o->id);
    bind_text(q, 2, o->kind);
    bind_text(q, 3, o->account);
    bind_int(q, 4, o->created_at);
    bind_text(q, 5, o->body);
    bind_text(q, 6, o->inner);
    run(s, q);
}

bool store_get(struct store *s, struct arena *a, const char *id, struct stored *out)
{
    sqlite3_stmt *q =
        prepared(s, "SELECT " OBJECT_COLUMNS " FROM objects WHERE id = ?1");
    bind_text(q, 1, id);
    bool found = step(s, q);
    if (found)
        read_object(a, q, out);
    sqlite3_reset(q);
    return found;
}

void store_delete(struct store *s, const char *id)
{
    sqlite3_stmt *q = prepared(s, "DELETE FROM objects WHERE id = ?1");
    bind_text(q, 1, id);
    run(s, q);
}

/* Filters differ from list to list: the statement's text is put together from
 * constants, every value is bound. */
static void list_sql(struct buf *sql, const struct store_query *q)
{
    buf_adds(sql, "SELECT " OBJECT_COLUMNS " FROM objects WHERE kind = ?1"
                  " AND created_at BETWEEN ?3 AND ?4");
    buf_adds(sql, text_is(q->account, STORE_ALL_ACCOUNTS) ? " AND account <> ?2"
                                                          : " AND account = ?2");
    int at = 5;
    for (size_t i = 0; i < q->filter_count; i++, at += 2)
        buf_printf(sql, " AND json_extract(body, ?%d) = ?%d", at, at + 1);
    for (size_t i = 0; i < q->type_count; i++)
        buf_printf(sql, "%s json_extract(body, '$.type') = ?%d",
            i == 0 ? " AND (" : " OR", at++);
    if (q->type_count > 0)
        buf_adds(sql, ")");
    if (q->after != 0)
        buf_printf(sql, " AND seq < ?%d", at++);
    if (q->before != 0)
        buf_printf(sql, " AND seq > ?%d", at++);
    buf_printf(sql, " ORDER BY seq %s LIMIT ?%d", q->before != 0 ? "ASC" : "DESC", at);
}

static void list_bind(sqlite3_stmt *stmt, const struct store_query *q)
{
    int at = 1;
    bind_text(stmt, at++, q->kind);
    bind_text(stmt, at++, q->account);
    bind_int(stmt, at++, q->created_min);
    bind_int(stmt, at++, q->created_max);
    for (size_t i = 0; i < q->filter_count; i++) {
        bind_text(stmt, at++, q->filters[i].path);
        bind_text(stmt, at++, q->filters[i].value);
    }
    for (size_t i = 0; i < q->type_count; i++)
        bind_text(stmt, at++, q->types[i]);
    if (q->after != 0)
        bind_int(stmt, at++, q->after);
    if (q->before != 0)
        bind_int(stmt, at++, q->before);
    bind_int(stmt, at, q->limit);
}

size_t store_list(
    struct store *s, struct arena *a, const struct store_query *q, struct stored *out)
{
    struct buf sql;
    buf_init(&sql, 4096);
    list_sql(&sql, q);
    CHECK(buf_ok(&sql));
    sqlite3_stmt *stmt = prepared(s, sql.at);
    buf_free(&sql);
    list_bind(stmt, q);
    size_t n = 0;
    while (step(s, stmt))
        read_object(a, stmt, &out[n++]);
    if (q->before != 0)
        for (size_t i = 0; i < n / 2; i++) {
            struct stored swap = out[i];
            out[i] = out[n - 1 - i];
            out[n - 1 - i] = swap;
        }
    return n;
}

size_t store_kinds(struct store *s, struct arena *a, const char **out)
{
    sqlite3_stmt *q =
        prepared(s, "SELECT DISTINCT kind FROM objects ORDER BY kind LIMIT ?1");
    bind_int(q, 1, STORE_TYPES_MAX);
    size_t n = 0;
    while (step(s, q))
        out[n++] = column(a, q, 0);
    return n;
}

/* ---- idempotency -------------------------------------------------------------------
 */

bool store_key_get(struct store *s, struct arena *a, const char *account,
    const char *key, struct store_key *out)
{
    sqlite3_stmt *q =
        prepared(s, "SELECT request, state, status, body, created_at FROM idempotency"
                    " WHERE account = ?1 AND key = ?2");
    bind_text(q, 1, account);
    bind_text(q, 2, key);
    bool found = step(s, q);
    if (found)
        *out = (struct store_key) {
            .account = account,
            .key = key,
            .request = column(a, q, 0),
            .running = text_is((const char *)sqlite3_column_text(q, 1), "running"),
            .status = sqlite3_column_int64(q, 2),
            .body = column(a, q, 3),
            .created_at = sqlite3_column_int64(q, 4),
        };
    sqlite3_reset(q);
    return found;
}

void store_key_put(struct store *s, const struct store_key *k)
{
    sqlite3_stmt *q = prepared(s,
        "INSERT INTO idempotency (account, key, request, state, status, body, "
        "created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (account, key) DO UPDATE SET"
        " state = excluded.state, status = excluded.status, body = excluded.body");
    bind_text(q, 1, k->account);
    bind_text(q, 2, k->key);
    bind_text(q, 3, k->request);
    bind_text(q, 4, k->running ? "running" : "done");
    bind_int(q, 5, k->status);
    bind_text(q, 6, k->body);
    bind_int(q, 7, k->created_at);
    run(s, q);
}

void store_key_drop(struct store *s, const char *account, const char *key)
{
    sqlite3_stmt *q =
        prepared(s, "DELETE FROM idempotency WHERE account = ?1 AND key = ?2");
    bind_text(q, 1, account);
    bind_text(q, 2, key);
    run(s, q);
}

void store_keys_prune(struct store *s, int64_t created_before)
{
    sqlite3_stmt *q = prepared(s, "DELETE FROM idempotency WHERE created_at < ?1");
    bind_int(q, 1, created_before);
    run(s, q);
}

/* ---- deliveries --------------------------------------------------------------------
 */

#define DELIVERY_COLUMNS "seq, event, endpoint, state, tries, status, due_at_ms"

static void read_delivery(struct arena *a, sqlite3_stmt *q, struct delivery *out)
{
    *out = (struct delivery) {
        .seq = sqlite3_column_int64(q, 0),
        .event = column(a, q, 1),
        .endpoint = column(a, q, 2),
        .state = column(a, q, 3),
        .tries = sqlite3_column_int64(q, 4),
        .status = sqlite3_column_int64(q, 5),
        .due_at_ms = sqlite3_column_int64(q, 6),
    };
}

void store_delivery_add(struct store *s, const struct delivery *d)
{
    sqlite3_stmt *q = prepared(s,
        "INSERT INTO deliveries (event, endpoint, state, tries, status, due_at_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    bind_text(q, 1, d->event);
    bind_text(q, 2, d->endpoint);
    bind_text(q, 3, d->state);
    bind_int(q, 4, d->tries);
    bind_int(q, 5, d->status);
    bind_int(q, 6, d->due_at_ms);
    run(s, q);
}

void store_delivery_update(struct store *s, const struct delivery *d)
{
    sqlite3_stmt *q = prepared(s,
        "UPDATE deliveries SET state = ?2, tries = ?3, status = ?4, due_at_ms = ?5"
        " WHERE seq = ?1");
    bind_int(q, 1, d->seq);
    bind_text(q, 2, d->state);
    bind_int(q, 3, d->tries);
    bind_int(q, 4, d->status);
    bind_int(q, 5, d->due_at_ms);
    run(s, q);
}

/* The first few of each endpoint, so that a slow one holds up nobody else. */
#define DUE(order)                                                                     \
    "SELECT " DELIVERY_COLUMNS " FROM (SELECT *, row_number() OVER (PARTITION BY "     \
    "endpoint ORDER BY seq " order ") AS place FROM deliveries"                        \
    " WHERE state = 'waiting' AND due_at_ms <= ?1)"                                    \
    " WHERE place <= 4 ORDER BY seq " order " LIMIT ?2"

size_t store_deliveries_due(struct store *s, struct arena *a, int64_t now_ms,
    bool newest_first, size_t limit, struct delivery *out)
{
    sqlite3_stmt *q = prepared(s, newest_first ? DUE("DESC") : DUE("ASC"));
    bind_int(q, 1, now_ms);
    bind_int(q, 2, (int64_t)limit);
    size_t n = 0;
    while (step(s, q))
        read_delivery(a, q, &out[n++]);
    return n;
}

static int64_t one_number(struct store *s, sqlite3_stmt *q)
{
    CHECK(step(s, q));
    int64_t n = sqlite3_column_type(q, 0) == SQLITE_NULL ? INT64_MAX
                                                         : sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return n;
}

int64_t store_deliveries_next(struct store *s)
{
    return one_number(s,
        prepared(s, "SELECT min(due_at_ms) FROM deliveries WHERE state = 'waiting'"));
}

int64_t store_deliveries_waiting(struct store *s, const char *event)
{
    sqlite3_stmt *q = prepared(
        s, "SELECT count(*) FROM deliveries WHERE event = ?1 AND state = 'waiting'");
    bind_text(q, 1, event);
    return one_number(s, q);
}

size_t store_deliveries_latest(
    struct store *s, struct arena *a, size_t limit, struct delivery *out)
{
    sqlite3_stmt *q = prepared(
        s, "SELECT " DELIVERY_COLUMNS " FROM deliveries ORDER BY seq DESC LIMIT ?1");
    bind_int(q, 1, (int64_t)limit);
    size_t n = 0;
    while (step(s, q))
        read_delivery(a, q, &out[n++]);
    return n;
}

void store_deliveries_hurry(struct store *s, int64_t now_ms)
{
    sqlite3_stmt *q = prepared(s, "UPDATE deliveries SET due_at_ms = ?1 WHERE state = "
                                  "'waiting' AND due_at_ms > ?1");
    bind_int(q, 1, now_ms);
    run(s, q);
}
