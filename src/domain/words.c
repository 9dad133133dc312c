#include "domain/words.h"

#include <stdlib.h>
#include <string.h>

#include "util/text.h"

struct gathering {
    struct arena *arena;
    const char **at;
    size_t n, room;
};

/* A word's beginning of so many bytes, no letter of it cut through. */
static size_t cut(const char *word, size_t n)
{
    if (n <= WORD_BYTES)
        return n;
    n = WORD_BYTES;
    while (n > 0 && (word[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void gather(void *arg, const char *word, size_t n)
{
    struct gathering *g = arg;
    if (g->n == g->room) {
        const char **more = arena_array(g->arena, 2 * g->room, sizeof *more);
        memcpy(more, g->at, g->n * sizeof *more);
        g->at = more;
        g->room *= 2;
    }
    g->at[g->n++] = arena_strndup(g->arena, word, cut(word, n));
}

static int alphabetically(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct word_list words_of(struct ctx *c, const char *text)
{
    struct gathering g = { .arena = c->arena, .room = 64 };
    g.at = arena_array(c->arena, g.room, sizeof *g.at);
    db_words(c->db, text, gather, &g);
    qsort(g.at, g.n, sizeof *g.at, alphabetically);
    struct word_list list = { g.at, 0 };
    for (size_t i = 0; i < g.n; i++)
        if (list.n == 0 || !text_is(g.at[i], list.at[list.n - 1]))
            list.at[list.n++] = g.at[i];
    return list;
}

const char *words_json(struct ctx *c, const struct word_list *list, size_t from)
{
    size_t bytes = 3;
    for (size_t i = from; i < list->n; i++)
        bytes += strlen(list->at[i]) + 3;
    char *out = arena_alloc(c->arena, bytes), *at = out;
    *at++ = '[';
    for (size_t i = from; i < list->n; i++) {
        size_t n = strlen(list->at[i]);
        if (i > from)
            *at++ = ',';
        *at++ = '"'; /* letters and digits: nothing to escape */
        memcpy(at, list->at[i], n);
        at += n;
        *at++ = '"';
    }
    *at++ = ']';
    *at = '\0';
    return out;
}

enum result words_index(
    struct ctx *c, int64_t kitchen_id, int64_t cell, const char *text)
{
    struct word_list list = words_of(c, text);
    const char *words = words_json(c, &list, 0);
    struct query *q = db_query(c->db, Q_WORDS_GET);
    bind_int(q, "kitchen_id", kitchen_id);
    enum result r = query_step(q);
    if (r == OK) {
        const char *had = col_text(q, "words");
        int64_t was_in = col_int(q, "cell");
        if (was_in == cell && text_is(had, words))
            return OK;
        q = db_query(c->db, Q_WORDS_FORGET);
        bind_int(q, "kitchen_id", kitchen_id);
        bind_int(q, "cell", was_in);
        bind_text(q, "words", had);
        r = query_run(q);
    }
    TRY(query_end(r));
    q = db_query(c->db, Q_WORDS_ADD);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "cell", cell);
    bind_text(q, "words", words);
    TRY(query_run(q));
    q = db_query(c->db, Q_WORDS_SET);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "cell", cell);
    bind_text(q, "words", words);
    return query_run(q);
}

enum result words_rarest_first(
    struct ctx *c, struct word_list *list, int64_t first, int64_t last)
{
    struct query *q = db_query(c->db, Q_WORDS_RAREST);
    bind_text(q, "words", words_json(c, list, 0));
    bind_int(q, "first", first);
    bind_int(q, "last", last);
    TRY(query_step(q));
    size_t rarest = (size_t)col_int(q, "place");
    const char *word = list->at[rarest];
    list->at[rarest] = list->at[0];
    list->at[0] = word;
    return OK;
}
