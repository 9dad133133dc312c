/* Mustache templates (mustache(5), the specification's core modules and
 * inheritance), parsed once into a flat program. Values are escaped; {{{x}}} and
 * {{&x}} take only values made with view_safe. Templates named *.txt and *.subject
 * make plain text for mails: there nothing is escaped.
 *
 * Strict (what the site uses): a key that no enclosing object has is an error, in
 * sections and inverted sections too, and so is {{{x}}} of a plain text. Lenient
 * (the specification): a missing key is empty, and {{{x}}} shows any text raw. */
#ifndef HTML_MUSTACHE_H
#define HTML_MUSTACHE_H

#include "html/view.h"
#include "util/buf.h"
#include "util/result.h"

struct template;
struct templates;

/* Every *.mustache file under DIR; a template's name is its path without the
 * ending ("kitchens/show"). NULL with WHY (file, line, reason) if one does not
 * parse or names a partial that is not there. */
struct templates *templates_load(const char *dir, struct buf *why);
void templates_free(struct templates *t);

/* Renders NAME in strict mode to OUT. R_FAULT with WHY (template, line, key);
 * R_INVALID if OUT's maximum was passed. OUT is as it was unless OK. Templates may
 * nest 16 deep. */
enum result templates_render(const struct templates *t, const char *name,
    const struct view *view, struct buf *out, struct buf *why);

bool templates_has(const struct templates *t, const char *name);

/* ---- one by one, for tests ------------------------------------------------------ */

/* An empty, lenient set; templates_add parses TEXT into it. */
struct templates *templates_new(void);
enum result templates_add(
    struct templates *t, const char *name, const char *text, size_t n, struct buf *why);

#endif
