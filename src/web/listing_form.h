/* The form of a listing: its fields, from a kitchen and into one. */
#ifndef WEB_LISTING_FORM_H
#define WEB_LISTING_FORM_H

#include "domain/listings.h"
#include "web/web.h"

/* An empty form with the usual limits filled in. */
void listing_form_fresh(struct ctx *c, struct form *out);

/* The form of a kitchen as it is. */
void listing_form_of(struct ctx *c, const struct kitchen *k,
    const struct equipment *equipment, size_t n, struct form *out);

/* Reads the posted form; the place of its ZIP code where no other is given. Has F
 * errors, nothing is in OUT. */
enum result listing_form_read(
    struct ctx *c, struct web *w, struct form *f, struct listing_input *out);

/* Shows it: fields, options, and the lists equipment and features. */
void listing_form_show(struct ctx *c, struct web *w, const struct form *f);

#endif
