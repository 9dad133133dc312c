/* The sandbox's own pages: small files under pages/ with {{name}} (escaped) and
 * {{{name}}} (HTML that another file made). */
#ifndef SANDBOX_PAGES_H
#define SANDBOX_PAGES_H

#include "call.h"

/* The file with each name replaced from VARS, an object; "" for what is not there. */
char *pages_fill(struct call *c, const char *file, const struct value *vars);

/* Answers with the file inside the layout. */
void pages_answer(struct call *c, int status, const char *title, const char *file,
    const struct value *vars);

/* Answers with a file as it is. */
void pages_file(struct call *c, const char *file, const char *type);

/* Answers with a page that says what is wrong. */
void pages_problem(struct call *c, int status, const char *title, const char *text);

/* Answers 303. */
void pages_redirect(struct call *c, const char *location);

/* URL with NAME=VALUE added to its query. */
char *pages_with_query(
    struct arena *a, const char *url, const char *name, const char *value);

/* "$618.45", "EUR 12.00" */
char *pages_money(struct arena *a, int64_t cents, const char *currency);

#endif
