#include "domain/words.h"

#include <glib.h>
#include <string.h>

#include "util/text.h"

static const char spaces[] = " \t\r\n\f\v";

bool words_any(const char *text)
{
    for (const char *s = text; *s != '\0'; s = g_utf8_find_next_char(s, NULL))
        if (g_unichar_isalnum(g_utf8_get_char(s)))
            return true;
    return false;
}

/* In FTS5's syntax a quote within quotes is written twice. */
static const char *quoted(struct ctx *c, const char *word, size_t n)
{
    char *out = arena_alloc(c->arena, 2 * n + 3), *at = out;
    *at++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '"')
            *at++ = '"';
        *at++ = word[i];
    }
    *at++ = '"';
    *at = '\0';
    return out;
}

const char *words_match(struct ctx *c, const char *text)
{
    const char *match = "";
    text += strspn(text, spaces);
    while (*text != '\0') {
        size_t n = strcspn(text, spaces);
        match = ctx_printf(c, "%s %s", match, quoted(c, text, n));
        text += n;
        text += strspn(text, spaces);
    }
    return *match == '\0' ? NULL : match;
}

enum result words_index(
    struct ctx *c, int64_t kitchen_id, int64_t cell, const char *text)
{
    struct query *q = db_query(c->db, Q_WORDS_GET);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_step(q));
    int64_t was_in = col_int(q, "cell");
    const char *had = col_text(q, "words"); /* NULL: nothing yet */
    bool same = had != NULL && text_is(had, text);
    if (same && was_in == cell)
        return OK;
    q = db_query(c->db, Q_WORDS_FORGET);
    bind_int(q, "cell", was_in);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_run(q));
    q = db_query(c->db, Q_WORDS_PLACE);
    bind_int(q, "cell", cell);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_run_one(q));
    q = db_query(c->db, Q_WORDS_SET);
    bind_int(q, "cell", cell);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_text(q, "words", text);
    return query_run(q);
}

enum result words_missing(
    struct ctx *c, int64_t after_id, int64_t *ids, size_t max, size_t *n)
{
    struct query *q = db_query(c->db, Q_WORDS_MISSING);
    enum result r;
    bind_int(q, "after_id", after_id);
    bind_int(q, "max", (int64_t)max);
    *n = 0;
    for (QUERY_EACH(q, r))
        ids[(*n)++] = col_int(q, "id");
    return query_end(r);
}

static enum result changes(struct ctx *c, int64_t *n)
{
    struct query *q = db_query(c->db, Q_WORDS_CHANGES);
    TRY(query_step(q));
    *n = col_int(q, "changes");
    return OK;
}

enum result words_merge(struct ctx *c, bool first, bool *more)
{
    enum { PAGES = 64, NOTHING = 1 /* what the command itself counts */ };
    int64_t before, after;
    TRY(changes(c, &before));
    struct query *q = db_query(c->db, Q_WORDS_MERGE);
    bind_int(q, "pages", first ? -PAGES : PAGES);
    TRY(query_run(q));
    TRY(changes(c, &after));
    *more = after - before > NOTHING;
    return OK;
}
