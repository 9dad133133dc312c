#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "web/web.h"

/* Every page of the site, one line each; ends with a row without pattern. */
extern const struct route routes[];
size_t routes_count(void);

#endif
