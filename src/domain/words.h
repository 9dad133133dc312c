/* The words of kitchens, in a table of FTS5 (so SQLite only). The number of a row there
 * is its kitchen's spot (near.h), so what has a word near a place is a range of rows
 * for each run of squares. */
#ifndef DOMAIN_WORDS_H
#define DOMAIN_WORDS_H

#include "app/ctx.h"

/* Is there anything in TEXT (valid UTF-8) to look for: a letter or digit? */
bool words_any(const char *text);

/* What to MATCH for kitchens that have all words of TEXT, in any form; what is written
 * together, like "gluten-free", stands together. NULL: there are none. */
const char *words_match(struct ctx *c, const char *text);

/* Puts the kitchen into CELL, and makes TEXT its words instead of those it had. Needs
 * an open transaction. */
enum result words_index(
    struct ctx *c, int64_t kitchen_id, int64_t cell, const char *text);

/* Kitchens after AFTER_ID that are not in the table yet, at most MAX. */
enum result words_missing(
    struct ctx *c, int64_t after_id, int64_t *ids, size_t max, size_t *n);

/* One step of putting the index together again, of which each change leaves a piece;
 * the FIRST one begins anew. MORE: it is not done yet. Needs an open transaction. */
enum result words_merge(struct ctx *c, bool first, bool *more);

#endif
