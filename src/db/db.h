/* The database as one process sees it: two connections to one file. GET
 * handlers get the one opened read-only (a second handle, not a pragma, so that
 * a GET cannot write whatever it does); everything else the one that may write.
 *
 * Writers queue on one lock across all processes (prep.db.lock), held from
 * before BEGIN IMMEDIATE to after COMMIT. Checkpoints happen inside it: SQLite
 * 3.40's WAL-reset bug needs a checkpoint beside a commit, and cannot meet one.
 * The same lock makes the longest wait short, since waiters do not poll.
 *
 * SQLite-only knowledge stays in this folder, in sql/ and in domain/words.c. */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "db/queries.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/result.h"

struct db;
struct query;

enum db_mode { DB_READ, DB_WRITE };

/* Opens DIR/prep.db, which must be migrated to this program's schema. Open after
 * fork, never before. R_FAULT with WHY. */
enum result db_open(const char *dir, struct db **out, struct buf *why);
void db_close(struct db *db);

/* Begins a unit of work: texts read from columns go to A, queries run on the
 * connection of MODE, the count of queries starts at 0. In DB_READ all of them see
 * the database as it was at the first one. */
void db_unit(struct db *db, struct arena *a, enum db_mode mode);

/* Ends it, whatever state it is in: rolls back an open transaction, resets
 * statements. */
void db_unit_end(struct db *db);

/* BEGIN IMMEDIATE, after the write lock. Only in DB_WRITE, never nested. Rows of
 * queries begun before it are over. */
enum result db_begin(struct db *db);
enum result db_commit(struct db *db);
void db_rollback(struct db *db);
/* Between db_begin and its end, or in DB_READ after the first query. */
bool db_in_transaction(const struct db *db);

/* Queries run since db_unit. */
int db_query_count(const struct db *db);

/* The row id of the last insert. */
int64_t db_last_id(const struct db *db);

/* The query ID, reset, nothing bound. A query that writes needs a transaction.
 * A query has one set of rows at a time: finish reading before running it again.
 * It is prepared when it is first asked for on a connection, and kept. One that cannot
 * be prepared is logged, takes what is bound and fails at its step. */
struct query *db_query(struct db *db, enum query_id id);

/* Names of parameters and columns are string literals, which the "" makes sure of: so
 * the place of a name, once found, is known again by the literal's address. */

/* Binds a parameter by its name without the colon. Every parameter of a query
 * must be bound before its first step; NULL text binds SQL's NULL. Texts are
 * not copied: they must outlive the steps. */
#define bind_int(q, name, n) query_bind_int(q, "" name, n)
#define bind_id(q, name, id) query_bind_id(q, "" name, id)
#define bind_real(q, name, x) query_bind_real(q, "" name, x)
#define bind_text(q, name, s) query_bind_text(q, "" name, s)
#define bind_blob(q, name, bytes, n) query_bind_blob(q, "" name, bytes, n)
#define bind_null(q, name) query_bind_null(q, "" name)
void query_bind_int(struct query *q, const char *name, int64_t n);
void query_bind_id(struct query *q, const char *name, int64_t id); /* 0 is NULL */
void query_bind_real(struct query *q, const char *name, double x);
void query_bind_text(struct query *q, const char *name, const char *s);
void query_bind_blob(struct query *q, const char *name, const void *bytes, size_t n);
void query_bind_null(struct query *q, const char *name);

/* The next row: OK, or R_NOT_FOUND after the last. R_CONFLICT when a unique key
 * or a foreign key said no; R_BUSY; R_FAULT (logged). */
enum result query_step(struct query *q);

/* Runs a query to its end, rows unread. Results as query_step, but OK at the end. */
enum result query_run(struct query *q);

/* As query_run, and R_CONFLICT unless exactly one row was changed: the guard of
 * `UPDATE ... WHERE state = ?`. */
enum result query_run_one(struct query *q);

/* Rows changed by the last query_run on this connection. */
int query_changes(const struct query *q);

/* for (QUERY_EACH(q, r)) { ... } TRY(query_end(r)); */
#define QUERY_EACH(q, r)                                                               \
    r = query_step(q);                                                                 \
    r == OK;                                                                           \
    r = query_step(q)
static inline enum result query_end(enum result r)
{
    return r == R_NOT_FOUND ? OK : r;
}

/* The current row's columns by name. Texts and blobs are copied to the unit's
 * arena; a NULL column is 0, 0.0 or NULL. */
#define col_int(q, name) query_col_int(q, "" name)
#define col_real(q, name) query_col_real(q, "" name)
#define col_text(q, name) query_col_text(q, "" name)
#define col_blob(q, name, n) query_col_blob(q, "" name, n)
#define col_is_null(q, name) query_col_is_null(q, "" name)
int64_t query_col_int(struct query *q, const char *name);
double query_col_real(struct query *q, const char *name);
char *query_col_text(struct query *q, const char *name);
const void *query_col_blob(struct query *q, const char *name, size_t *n);
bool query_col_is_null(struct query *q, const char *name);

/* As col_text but not copied: good until the next step of this query. */
#define col_text_here(q, name) query_col_text_here(q, "" name)
const char *query_col_text_here(struct query *q, const char *name);

/* The column `id` of all rows, in the unit's arena; as numbers, or as texts. Q has to
 * stop after :max rows, which is bound here; anything else is bound before. */
enum result query_ids(struct query *q, size_t max, int64_t **ids, size_t *n);
enum result query_text_ids(struct query *q, size_t max, const char ***ids, size_t *n);

/* "3.40.1": the library that runs, not the header. */
const char *db_library_version(void);

/* Copies the whole database to FILE (a new one) while others write, then
 * checks the copy. */
enum result db_backup(struct db *db, const char *file, struct buf *why);

/* Prepares every query, and lets each go again: R_FAULT, and WHY names the first that
 * does not fit the schema. `prep serve` does it before it starts or reloads, since a
 * worker would find out only when a page needs the query. */
enum result db_prepare_all(struct db *db, struct buf *why);

/* For tests and `prep check`: 'ok' or what integrity_check and
 * foreign_key_check found. */
enum result db_verify(struct db *db, struct buf *found);

/* For the plan lint: appends the EXPLAIN QUERY PLAN lines of query ID. */
enum result db_explain(struct db *db, enum query_id id, struct buf *out);

#endif
