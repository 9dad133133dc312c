/* With PREP_PAGES=DIR the pages that tests see are kept there for the HTML checker
 * (tests/e2e/tidy.test.mjs), a few for each role, status, method and route. */
#ifndef SUPPORT_KEEP_H
#define SUPPORT_KEEP_H

#include "web/web.h"

/* As "DIR/host 422 POST !messages!:id 1.html", where "!" is "/". ROUTE NULL: no route
 * fits, which is "-". */
void keep_page(const char *role, int status, const char *method,
    const struct route *route, const char *html);

/* The names of all routes, a line each, as "DIR/routes". */
void keep_routes(void);

#endif
