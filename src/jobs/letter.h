/* The text of a mail as what templates/mail/layout.html shows, so that there is one
 * template for the HTML of all mails and none of them is written twice. */
#ifndef JOBS_LETTER_H
#define JOBS_LETTER_H

#include "app/ctx.h"
#include "html/view.h"

/* Fills the list `paragraphs` of V, each with a list `lines` of (name, text, url), from
 * TEXT. A line that is an address of this site, perhaps after "words: ", has it in url
 * and in text the words, or LABEL without words; all other lines have an empty url:
 * addresses of other sites, which strangers may have written, make no links. A line of
 * two columns ("Total   $12.00") has the first in name, which is empty otherwise. */
void letter_show(struct ctx *c, const char *text, const char *label, struct view *v);

#endif
