/* The words of kitchens, by place: which kitchens have a word, and where they are, is
 * one run of an index for each run of squares. */
#ifndef DOMAIN_WORDS_H
#define DOMAIN_WORDS_H

#include "app/ctx.h"

/* The words of a text, each once, as db_words() has them; none is longer than
 * WORD_BYTES (what is longer counts as its beginning). */
enum { WORD_BYTES = 40 };
struct word_list {
    const char **at;
    size_t n;
};
struct word_list words_of(struct ctx *c, const char *text);

/* As a JSON array, from the word at FROM on. */
const char *words_json(struct ctx *c, const struct word_list *list, size_t from);

/* Makes the words of TEXT the kitchen's, in the square CELL, instead of those it had.
 * Needs an open transaction. */
enum result words_index(
    struct ctx *c, int64_t kitchen_id, int64_t cell, const char *text);

/* Puts that word first which the fewest kitchens have, as far as a sample tells: those
 * in the band of squares FIRST to LAST. */
enum result words_rarest_first(
    struct ctx *c, struct word_list *list, int64_t first, int64_t last);

#endif
