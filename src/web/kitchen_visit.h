/* What a look at a kitchen's page asks for: a space, a day, perhaps times; and the
 * calendar and the quote that answer it. */
#ifndef WEB_KITCHEN_VISIT_H
#define WEB_KITCHEN_VISIT_H

#include "domain/kitchens.h"
#include "util/zone.h"
#include "web/web.h"

struct kitchen_visit {
    struct kitchen k;
    struct space *spaces; /* those that can be booked */
    size_t spaces_n;
    struct space space; /* the one asked for */
    const struct zone *zone;
    const char *path; /* of the page */
    struct form f;
    bool timed; /* start_at and end_at are what was asked for */
    int64_t start_at, end_at;
    int64_t length_min; /* of the starts in the calendar */
};

/* Reads the query, or the post, PARAMS for v->k and v->spaces. What is wrong is in
 * v->f. */
void kitchen_visit_read(
    struct ctx *c, struct kitchen_visit *v, const struct params *params);

/* Puts into v->f why the times that were asked for cannot be booked, if so. */
enum result kitchen_visit_judge(struct ctx *c, struct kitchen_visit *v);

/* Fills month and day of the page. */
enum result kitchen_visit_show_calendar(
    struct ctx *c, struct web *w, const struct kitchen_visit *v);

/* Fills the form's fields and, if nothing is wrong with them, quote. */
enum result kitchen_visit_show_quote(
    struct ctx *c, struct web *w, const struct kitchen_visit *v);

#endif
