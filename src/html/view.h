/* What a page shows: a tree of typed values that a handler fills and a template
 * reads. It lives in an arena. Keys are not copied: they are literals, or texts
 * of the same arena. Setting a key again replaces its value. */
#ifndef HTML_VIEW_H
#define HTML_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

struct view;

/* An empty object. */
struct view *view_new(struct arena *a);

/* Text, escaped where it is shown; copied; NULL is "". */
void view_text(struct view *v, const char *key, const char *text);
void view_textf(struct view *v, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void view_int(struct view *v, const char *key, int64_t n);
void view_bool(struct view *v, const char *key, bool on);

/* HTML that is safe already (rendered Markdown): the only kind that {{{x}}} takes. */
void view_safe(struct view *v, const char *key, const char *html);

/* A nested object, a list, an object at the list's end, a text at its end. */
struct view *view_object(struct view *v, const char *key);
struct view *view_list(struct view *v, const char *key);
struct view *view_item(struct view *list);
void view_item_text(struct view *list, const char *text);

/* The object that is there already under KEY. */
struct view *view_object_of(struct view *v, const char *key);

bool view_has(const struct view *v, const char *key);

/* ---- for templates ------------------------------------------------------------- */

enum view_kind { VIEW_TEXT, VIEW_SAFE, VIEW_BOOL, VIEW_OBJECT, VIEW_LIST };

struct view {
    enum view_kind kind;
    uint32_t hash; /* of the key */
    bool on;
    const char *key; /* NULL for list items */
    size_t key_n;
    const char *text; /* VIEW_TEXT, VIEW_SAFE */
    size_t n;
    struct view *first, *last, *next; /* members or items */
    uint64_t hashes; /* a bit for each member's: what is not there is soon said */
    struct arena *arena;
};

uint32_t view_hash(const char *key, size_t n);

/* The member of object V, or NULL. */
const struct view *view_find(
    const struct view *v, const char *key, size_t n, uint32_t hash);

/* Does a section over V show? Empty texts and lists, and false, do not. */
bool view_truth(const struct view *v);

#endif
