/* The only place that turns results into HTTP statuses. */
#ifndef WEB_ERRORS_H
#define WEB_ERRORS_H

#include "web/web.h"

int errors_status(enum result r);

/* Makes the error page for R from the context's words: a code, a sentence and a way
 * on. Never fails: if the page cannot be rendered it is plain text. */
void errors_page(struct ctx *c, struct web *w, enum result r, int status);

#endif
