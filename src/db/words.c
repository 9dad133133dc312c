#include <string.h>

#include "db/private.h"
#include "util/guard.h"

/* FTS5 is here for its tokenizers alone; how it is asked for them is in its manual. */
static fts5_api *api_of(sqlite3 *c)
{
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(c, "SELECT fts5(?1)", -1, &stmt, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return api;
}

enum result words_open(sqlite3 *c, struct words *out, struct buf *why)
{
    /* As in 0004: 0008 has taken over the words that it made. */
    const char *arguments[] = { "unicode61", "remove_diacritics", "2" };
    fts5_api *api = api_of(c);
    void *user;
    *out = (struct words) { 0 };
    if (api == NULL ||
        api->xFindTokenizer(api, "porter", &user, &out->tokenizer) != SQLITE_OK ||
        out->tokenizer.xCreate(user, arguments, COUNT_OF(arguments), &out->made) !=
            SQLITE_OK) {
        buf_printf(why, "this SQLite has no FTS5, or not its tokenizers");
        return R_FAULT;
    }
    return OK;
}

void words_close(struct words *w)
{
    if (w->made != NULL)
        w->tokenizer.xDelete(w->made);
    w->made = NULL;
}

struct listener {
    void (*each)(void *arg, const char *word, size_t n);
    void *arg;
};

static int hear(void *arg, int flags, const char *token, int n, int start, int end)
{
    const struct listener *l = arg;
    CHECK(n >= 0 && start <= end);
    if ((flags & FTS5_TOKEN_COLOCATED) == 0)
        l->each(l->arg, token, (size_t)n);
    return SQLITE_OK;
}

void db_words(struct db *db, const char *text,
    void (*each)(void *arg, const char *word, size_t n), void *arg)
{
    struct words *w = &db->words;
    struct listener l = { each, arg };
    size_t n = strlen(text);
    CHECK(n < INT32_MAX);
    CHECK(w->tokenizer.xTokenize(
              w->made, &l, FTS5_TOKENIZE_DOCUMENT, text, (int)n, hear) == SQLITE_OK);
}
