/* The objects of the API, of whatever kind: making, keeping, finding, listing,
 * expanding. A resource's own file says what its fields mean. */
#ifndef SANDBOX_OBJECTS_H
#define SANDBOX_OBJECTS_H

#include "call.h"

struct object {
    const char *id, *kind, *account;
    int64_t created_at;
    struct value *body;  /* what is answered */
    struct value *inner; /* what only the sandbox knows */
};

/* A new object of KIND, filled from the subset's example, with an id of its own
 * that starts with PREFIX; not yet kept. */
struct object *objects_new(struct call *c, const char *kind, const char *prefix);

/* The same for the connected account ACCOUNT, whoever asks. */
struct object *objects_new_for(
    struct call *c, const char *account, const char *kind, const char *prefix);

void objects_save(struct call *c, const struct object *o);

/* NULL: none of this kind in the account. */
struct object *objects_find(struct call *c, const char *kind, const char *id);

/* The same, whatever account it is in. */
struct object *objects_find_anywhere(struct call *c, const char *kind, const char *id);

/* The one that is newest of KIND among those whose MARK has VALUE, or NULL. */
struct object *objects_latest(
    struct call *c, const char *kind, const char *mark, const char *value);

/* As objects_find, and Stripe's 404 if there is none. PARAM names where the id stood.
 */
enum result objects_require(struct call *c, const char *kind, const char *id,
    const char *param, struct object **out);

/* ---- from parameters to fields ---- */

/* Copies the parameters that are there, by name; an empty text becomes null. NAMES
 * ends with NULL. */
void objects_take(struct call *c, struct object *o, const char *const *names);

/* Stripe's rules for metadata: merged by name, "" removes, metadata="" empties. */
enum result objects_take_metadata(struct call *c, struct object *o);

/* ---- answers ---- */

/* Answers with O, expanded as the request asks. */
enum result objects_answer(struct call *c, const struct object *o);

/* The members of OLD that are different in NOW: an event's previous_attributes. */
struct value *objects_difference(
    struct call *c, const struct value *old, const struct value *now);

/* Which parameter of a list filters by which mark (the table in objects.c says what
 * is marked); ends with a NULL param. */
struct objects_filter {
    const char *param, *mark;
};

/* Answers with a page of KIND, newest first. */
enum result objects_list(
    struct call *c, const char *kind, const struct objects_filter *filters);

/* For a check over related objects: calls FN with each object of KIND whose MARK
 * has VALUE (NULL: with all), newest first, until FN gives false. */
void objects_each(struct call *c, const char *kind, const char *mark, const char *value,
    bool (*fn)(struct call *c, struct object *o, void *arg), void *arg);

#endif
