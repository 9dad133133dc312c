/* The sandbox's own SQLite file. One process, one thread, one connection; a fault
 * here is the end of the program, so nothing below reports one. */
#ifndef SANDBOX_STORE_H
#define SANDBOX_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

struct store;

/* Opens or makes the file PATH and brings it to the schema in SCHEMA_PATH. NULL
 * and a line on standard error if that cannot be. */
struct store *store_open(const char *path, const char *schema_path);
void store_close(struct store *s);

/* A unit of change. store_commit() aborts if the money does not add up (ledger.h).
 * store_undo() takes back what was done since the last
 * store_mark() without leaving the transaction. */
void store_begin(struct store *s);
void store_mark(struct store *s);
void store_undo(struct store *s);
void store_commit(struct store *s);

/* Settings. NULL: never set. */
char *store_setting(struct store *s, struct arena *a, const char *name);
void store_set(struct store *s, const char *name, const char *value);

/* ---- objects ---- */

struct stored {
    int64_t seq;
    const char *id, *kind, *account;
    int64_t created_at;
    const char *body, *inner;
};

/* A field that lists filter by. */
struct stored_mark {
    const char *name, *value; /* NULL: the object has none */
};

/* Adds or replaces by id; of a replaced object only body, inner and marks change. */
void store_put(struct store *s, const struct stored *o, const struct stored_mark *marks,
    size_t mark_count);
bool store_get(struct store *s, struct arena *a, const char *id, struct stored *out);
void store_delete(struct store *s, const char *id);

enum { STORE_FILTERS_MAX = 8, STORE_TYPES_MAX = 20 };

/* Instead of an account: objects of all. */
#define STORE_ALL_ACCOUNTS "*"

/* A question for a list. */
struct store_query {
    const char *kind, *account;
    struct {
        const char *mark, *value; /* "customer" must be VALUE */
    } filters[STORE_FILTERS_MAX];
    size_t filter_count;
    const char *types[STORE_TYPES_MAX]; /* "type" is one of these, if any */
    size_t type_count;
    int64_t created_min, created_max; /* inclusive */
    int64_t after, before; /* seq: older than AFTER, newer than BEFORE; 0 none */
    int64_t limit;
};

/* Up to LIMIT objects, newest first (with BEFORE: the LIMIT ones next to it). */
size_t store_list(
    struct store *s, struct arena *a, const struct store_query *q, struct stored *out);

/* The kinds of which there are objects, at most STORE_TYPES_MAX. */
size_t store_kinds(struct store *s, struct arena *a, const char **out);

/* ---- idempotency ---- */

struct store_key {
    const char *account, *key, *request;
    bool running;
    int64_t status;
    const char *body;
    int64_t created_at;
};

bool store_key_get(struct store *s, struct arena *a, const char *account,
    const char *key, struct store_key *out);
void store_key_put(struct store *s, const struct store_key *k);
void store_key_drop(struct store *s, const char *account, const char *key);
void store_keys_prune(struct store *s, int64_t created_before);

/* ---- deliveries ---- */

struct delivery {
    int64_t seq;
    const char *event, *endpoint, *state;
    int64_t tries, status, due_at_ms;
};

void store_delivery_add(struct store *s, const struct delivery *d);
void store_delivery_update(struct store *s, const struct delivery *d);

/* Up to LIMIT waiting ones that are due, four at most for each endpoint, oldest
 * first or newest first. */
size_t store_deliveries_due(struct store *s, struct arena *a, int64_t now_ms,
    bool newest_first, size_t limit, struct delivery *out);

/* When the next one is due; INT64_MAX: none waits. */
int64_t store_deliveries_next(struct store *s);
int64_t store_deliveries_waiting(struct store *s, const char *event);
size_t store_deliveries_latest(
    struct store *s, struct arena *a, size_t limit, struct delivery *out);

/* All that wait become due now. */
void store_deliveries_hurry(struct store *s, int64_t now_ms);

#endif
