/* The public page of one kitchen: what it is, when it is free, what it costs. */
#ifndef WEB_KITCHENS_H
#define WEB_KITCHENS_H

#include "domain/kitchens.h"
#include "web/web.h"

web_handler web_kitchen;

/* The page of K with 422, for a form of it that was posted and refused: SENT says what
 * is wrong with its fields, SENTENCE (NULL: nothing) what the domain had against it. */
enum result kitchens_show_again(struct ctx *c, struct web *w, const struct kitchen *k,
    const struct form *sent, const char *sentence);

#endif
