#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "sql.h"
#include "util/buf.h"
#include "util/guard.h"
#include "util/text.h"

enum { SCHEMA_MAX = 1 << 20, SCHEMA_VERSION = 2 };

/* ---- the file ---- */

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

static bool execute(struct store *s, const char *sql)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* A file of an older sandbox lacks what lists and balances are made of. */
static bool fits(struct store *s, const char *path)
{
    int64_t version = sql_number(s, sql_prepared(s, "PRAGMA user_version"), 0);
    int64_t tables = sql_number(s,
        sql_prepared(s, "SELECT count(*) FROM sqlite_schema WHERE name = 'objects'"),
        0);
    if (version == SCHEMA_VERSION || tables == 0)
        return true;
    fprintf(stderr, "%s: from an older prep-stripe; remove it to start afresh\n", path);
    return false;
}

struct store *store_open(const char *path, const char *schema_path)
{
    char *schema = read_schema(schema_path);
    if (schema == NULL)
        return NULL;
    struct store *s = calloc(1, sizeof *s);
    CHECK(s != NULL);
    bool opened = sqlite3_open(path, &s->db) == SQLITE_OK;
    if (opened && !fits(s, path)) {
        free(schema);
        store_close(s);
        return NULL;
    }
    /* What a crash of the machine loses is play money. */
    bool fine = opened && execute(s, "PRAGMA journal_mode = WAL") &&
                execute(s, "PRAGMA synchronous = OFF") && execute(s, schema) &&
                execute(s, "DELETE FROM idempotency WHERE state = 'running'");
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
    sql_close(s);
}

void store_begin(struct store *s)
{
    sql_run(s, sql_prepared(s, "BEGIN IMMEDIATE"));
    store_mark(s);
}

void store_mark(struct store *s)
{
    sql_run(s, sql_prepared(s, "SAVEPOINT work"));
}

void store_undo(struct store *s)
{
    sql_run(s, sql_prepared(s, "ROLLBACK TO work"));
}

void store_commit(struct store *s)
{
    if (s->moved)
        CHECK(ledger_balanced(s));
    s->moved = false;
    sql_run(s, sql_prepared(s, "COMMIT"));
}

char *store_setting(struct store *s, struct arena *a, const char *name)
{
    sqlite3_stmt *q = sql_prepared(s, "SELECT value FROM settings WHERE name = ?1");
    sql_text(q, 1, name);
    char *value = NULL;
    if (sql_step(s, q))
        value = arena_strdup(a, (const char *)sqlite3_column_text(q, 0));
    sqlite3_reset(q);
    return value;
}

void store_set(struct store *s, const char *name, const char *value)
{
    sqlite3_stmt *q =
        sql_prepared(s, "INSERT INTO settings (name, value) VALUES (?1, ?2)"
                        " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    sql_text(q, 1, name);
    sql_text(q, 2, value);
    sql_run(s, q);
}

/* ---- objects ---- */

#define OBJECT_COLUMNS "seq, id, kind, account, created_at, body, inner"

static void read_object(struct arena *a, sqlite3_stmt *q, struct stored *out)
{
    *out = (struct stored) {
        .seq = sqlite3_column_int64(q, 0),
        .id = sql_column(a, q, 1),
        .kind = sql_column(a, q, 2),
        .account = sql_column(a, q, 3),
        .created_at = sqlite3_column_int64(q, 4),
        .body = sql_column(a, q, 5),
        .inner = sql_column(a, q, 6),
    };
}

static void put_mark(
    struct store *s, const struct stored *o, int64_t seq, const struct stored_mark *m)
{
    if (m->value == NULL) {
        sqlite3_stmt *q =
            sql_prepared(s, "DELETE FROM marks WHERE seq = ?1 AND name = ?2");
        sql_int(q, 1, seq);
        sql_text(q, 2, m->name);
        sql_run(s, q);
        return;
    }
    sqlite3_stmt *q =
        sql_prepared(s, "INSERT INTO marks (seq, name, kind, account, value) VALUES "
                        "(?1, ?2, ?3, ?4, ?5)"
                        " ON CONFLICT (seq, name) DO UPDATE SET value = excluded.value"
                        " WHERE value <> excluded.value");
    sql_int(q, 1, seq);
    sql_text(q, 2, m->name);
    sql_text(q, 3, o->kind);
    sql_text(q, 4, o->account);
    sql_text(q, 5, m->value);
    sql_run(s, q);
}

void store_put(struct store *s, const struct stored *o, const struct stored_mark *marks,
    size_t mark_count)
{
    sqlite3_stmt *q = sql_prepared(s,
        "INSERT INTO objects (id, kind, account, created_at, body, inner)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, inner = excluded.inner"
        " RETURNING seq");
    sql_text(q, 1, o->id);
    sql_text(q, 2, o->kind);
    sql_text(q, 3, o->account);
    sql_int(q, 4, o->created_at);
    sql_text(q, 5, o->body);
    sql_text(q, 6, o->inner);
    CHECK(sql_step(s, q));
    int64_t seq = sqlite3_column_int64(q, 0);
    CHECK(!sql_step(s, q));
    for (size_t i = 0; i < mark_count; i++)
        put_mark(s, o, seq, &marks[i]);
}

bool store_get(struct store *s, struct arena *a, const char *id, struct stored *out)
{
    sqlite3_stmt *q =
        sql_prepared(s, "SELECT " OBJECT_COLUMNS " FROM objects WHERE id = ?1");
    sql_text(q, 1, id);
    bool found = sql_step(s, q);
    if (found)
        read_object(a, q, out);
    sqlite3_reset(q);
    return found;
}

void store_delete(struct store *s, const char *id)
{
    sqlite3_stmt *marks = sql_prepared(
        s, "DELETE FROM marks WHERE seq = (SELECT seq FROM objects WHERE id = ?1)");
    sql_text(marks, 1, id);
    sql_run(s, marks);
    sqlite3_stmt *q = sql_prepared(s, "DELETE FROM objects WHERE id = ?1");
    sql_text(q, 1, id);
    sql_run(s, q);
}

/* Filters differ from list to list: the statement's text is put together from
 * constants, every value is bound. The first filter leads, by its index; without one
 * the objects of the kind come as they were made. */
static void list_sql(struct buf *sql, const struct store_query *q)
{
    bool led = q->filter_count > 0;
    buf_adds(sql, "SELECT o.seq, o.id, o.kind, o.account, o.created_at, o.body, o.inner"
                  " FROM ");
    buf_printf(
        sql, "%s k CROSS JOIN objects o ON o.seq = k.seq", led ? "marks" : "objects");
    buf_adds(sql, " WHERE k.kind = ?1");
    buf_adds(sql, text_is(q->account, STORE_ALL_ACCOUNTS) ? " AND k.account <> ?2"
                                                          : " AND k.account = ?2");
    buf_adds(sql, " AND k.seq > ?3 AND k.seq < ?4 AND o.created_at BETWEEN ?5 AND ?6");
    int at = 7;
    for (size_t i = 0; i < q->filter_count; i++, at += 2)
        buf_printf(sql,
            i == 0 ? " AND k.name = ?%d AND k.value = ?%d"
                   : " AND EXISTS (SELECT 1 FROM marks m WHERE m.seq = k.seq"
                     " AND m.name = ?%d AND m.value = ?%d)",
            at, at + 1);
    for (size_t i = 0; i < q->type_count; i++)
        buf_printf(sql, "%s?%d",
            i == 0 ? " AND EXISTS (SELECT 1 FROM marks m WHERE m.seq = k.seq"
                     " AND m.name = 'type' AND m.value IN ("
                   : ", ",
            at++);
    if (q->type_count > 0)
        buf_adds(sql, "))");
    buf_printf(
        sql, " ORDER BY k.seq %s LIMIT ?%d", q->before != 0 ? "ASC" : "DESC", at);
}

/* Objects are made in the order of the clock: the last before AT, or 0. */
static int64_t last_before(struct store *s, int64_t at)
{
    sqlite3_stmt *stmt = sql_prepared(s,
        "SELECT max(seq) FROM objects WHERE created_at = (SELECT max(created_at)"
        " FROM objects WHERE created_at < ?1)");
    sql_int(stmt, 1, at);
    return sql_number(s, stmt, 0);
}

static void list_bind(struct store *s, sqlite3_stmt *stmt, const struct store_query *q)
{
    int64_t low = q->created_min == INT64_MIN ? 0 : last_before(s, q->created_min);
    int64_t high = q->created_max == INT64_MAX ? INT64_MAX
                                               : last_before(s, q->created_max + 1) + 1;
    int at = 1;
    sql_text(stmt, at++, q->kind);
    sql_text(stmt, at++, q->account);
    sql_int(stmt, at++, q->before > low ? q->before : low);
    sql_int(stmt, at++, q->after != 0 && q->after < high ? q->after : high);
    sql_int(stmt, at++, q->created_min);
    sql_int(stmt, at++, q->created_max);
    for (size_t i = 0; i < q->filter_count; i++) {
        sql_text(stmt, at++, q->filters[i].mark);
        sql_text(stmt, at++, q->filters[i].value);
    }
    for (size_t i = 0; i < q->type_count; i++)
        sql_text(stmt, at++, q->types[i]);
    sql_int(stmt, at, q->limit);
}

size_t store_list(
    struct store *s, struct arena *a, const struct store_query *q, struct stored *out)
{
    struct buf sql;
    buf_init(&sql, 4096);
    list_sql(&sql, q);
    CHECK(buf_ok(&sql));
    sqlite3_stmt *stmt = sql_prepared(s, sql.at);
    buf_free(&sql);
    list_bind(s, stmt, q);
    size_t n = 0;
    while (sql_step(s, stmt))
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
    return sql_texts(s, a,
        sql_prepared(s, "SELECT DISTINCT kind FROM objects ORDER BY kind"),
        STORE_TYPES_MAX, out);
}

/* ---- idempotency ---- */

bool store_key_get(struct store *s, struct arena *a, const char *account,
    const char *key, struct store_key *out)
{
    sqlite3_stmt *q = sql_prepared(s,
        "SELECT request, state, status, body, created_at FROM idempotency"
        " WHERE account = ?1 AND key = ?2");
    sql_text(q, 1, account);
    sql_text(q, 2, key);
    bool found = sql_step(s, q);
    if (found)
        *out = (struct store_key) {
            .account = account,
            .key = key,
            .request = sql_column(a, q, 0),
            .running = text_is((const char *)sqlite3_column_text(q, 1), "running"),
            .status = sqlite3_column_int64(q, 2),
            .body = sql_column(a, q, 3),
            .created_at = sqlite3_column_int64(q, 4),
        };
    sqlite3_reset(q);
    return found;
}

void store_key_put(struct store *s, const struct store_key *k)
{
    sqlite3_stmt *q = sql_prepared(s,
        "INSERT INTO idempotency (account, key, request, state, status, body, "
        "created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (account, key) DO UPDATE SET"
        " state = excluded.state, status = excluded.status, body = excluded.body");
    sql_text(q, 1, k->account);
    sql_text(q, 2, k->key);
    sql_text(q, 3, k->request);
    sql_text(q, 4, k->running ? "running" : "done");
    sql_int(q, 5, k->status);
    sql_text(q, 6, k->body);
    sql_int(q, 7, k->created_at);
    sql_run(s, q);
}

void store_key_drop(struct store *s, const char *account, const char *key)
{
    sqlite3_stmt *q =
        sql_prepared(s, "DELETE FROM idempotency WHERE account = ?1 AND key = ?2");
    sql_text(q, 1, account);
    sql_text(q, 2, key);
    sql_run(s, q);
}

void store_keys_prune(struct store *s, int64_t created_before)
{
    sqlite3_stmt *q = sql_prepared(s, "DELETE FROM idempotency WHERE created_at < ?1");
    sql_int(q, 1, created_before);
    sql_run(s, q);
}

/* ---- deliveries ---- */

#define DELIVERY_COLUMNS "seq, event, endpoint, state, tries, status, due_at_ms"

static void read_delivery(struct arena *a, sqlite3_stmt *q, struct delivery *out)
{
    *out = (struct delivery) {
        .seq = sqlite3_column_int64(q, 0),
        .event = sql_column(a, q, 1),
        .endpoint = sql_column(a, q, 2),
        .state = sql_column(a, q, 3),
        .tries = sqlite3_column_int64(q, 4),
        .status = sqlite3_column_int64(q, 5),
        .due_at_ms = sqlite3_column_int64(q, 6),
    };
}

void store_delivery_add(struct store *s, const struct delivery *d)
{
    sqlite3_stmt *q = sql_prepared(s,
        "INSERT INTO deliveries (event, endpoint, state, tries, status, due_at_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sql_text(q, 1, d->event);
    sql_text(q, 2, d->endpoint);
    sql_text(q, 3, d->state);
    sql_int(q, 4, d->tries);
    sql_int(q, 5, d->status);
    sql_int(q, 6, d->due_at_ms);
    sql_run(s, q);
}

void store_delivery_update(struct store *s, const struct delivery *d)
{
    sqlite3_stmt *q = sql_prepared(s,
        "UPDATE deliveries SET state = ?2, tries = ?3, status = ?4, due_at_ms = ?5"
        " WHERE seq = ?1");
    sql_int(q, 1, d->seq);
    sql_text(q, 2, d->state);
    sql_int(q, 3, d->tries);
    sql_int(q, 4, d->status);
    sql_int(q, 5, d->due_at_ms);
    sql_run(s, q);
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
    sqlite3_stmt *q = sql_prepared(s, newest_first ? DUE("DESC") : DUE("ASC"));
    sql_int(q, 1, now_ms);
    sql_int(q, 2, (int64_t)limit);
    size_t n = 0;
    while (sql_step(s, q))
        read_delivery(a, q, &out[n++]);
    return n;
}

int64_t store_deliveries_next(struct store *s)
{
    return sql_number(s,
        sql_prepared(
            s, "SELECT min(due_at_ms) FROM deliveries WHERE state = 'waiting'"),
        INT64_MAX);
}

int64_t store_deliveries_waiting(struct store *s, const char *event)
{
    sqlite3_stmt *q = sql_prepared(
        s, "SELECT count(*) FROM deliveries WHERE event = ?1 AND state = 'waiting'");
    sql_text(q, 1, event);
    return sql_number(s, q, 0);
}

size_t store_deliveries_latest(
    struct store *s, struct arena *a, size_t limit, struct delivery *out)
{
    sqlite3_stmt *q = sql_prepared(
        s, "SELECT " DELIVERY_COLUMNS " FROM deliveries ORDER BY seq DESC LIMIT ?1");
    sql_int(q, 1, (int64_t)limit);
    size_t n = 0;
    while (sql_step(s, q))
        read_delivery(a, q, &out[n++]);
    return n;
}

void store_deliveries_hurry(struct store *s, int64_t now_ms)
{
    sqlite3_stmt *q =
        sql_prepared(s, "UPDATE deliveries SET due_at_ms = ?1 WHERE state = "
                        "'waiting' AND due_at_ms > ?1");
    sql_int(q, 1, now_ms);
    sql_run(s, q);
}
