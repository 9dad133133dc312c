#include "support/snapshot.h"

#include <sodium.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

static const char *hash_table(struct arena *a, sqlite3 *db, const char *table)
{
    crypto_generichash_state state;
    unsigned char hash[16];
    sqlite3_stmt *rows;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    CHECK(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const void *bytes = sqlite3_column_blob(rows, i);
            size_t n = (size_t)sqlite3_column_bytes(rows, i);
            crypto_generichash_update(&state, (const unsigned char *)&n, sizeof n);
            if (n > 0)
                crypto_generichash_update(&state, bytes, n);
        }
    sqlite3_finalize(rows);
    sqlite3_free(sql);
    crypto_generichash_final(&state, hash, sizeof hash);
    return text_hex(a, hash, sizeof hash);
}

const char *snapshot_take(struct arena *a, sqlite3 *db)
{
    sqlite3_stmt *tables;
    const char *all = "";
    CHECK(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'jobs'"
              " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
              -1, &tables, NULL) == SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        all = arena_printf(a, "%s%s %s\n", all, name, hash_table(a, db, name));
    }
    sqlite3_finalize(tables);
    CHECK(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    return all;
}

const char *snapshot_changes(struct arena *a, const char *before, const char *after)
{
    const char *changed = "";
    for (size_t n; *after != '\0' && *before != '\0'; after += n, before += n) {
        n = strcspn(after, "\n") + 1; /* the same tables, in the same order */
        if (strncmp(after, before, n) != 0)
            changed =
                arena_printf(a, "%s %.*s", changed, (int)strcspn(after, " "), after);
    }
    return changed;
}
