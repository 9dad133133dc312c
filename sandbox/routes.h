/* Every operation that the sandbox knows. The templates are those of the API
 * description; a route that the description lacks is a bug, found at start. */
#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include "call.h"

struct route {
    const char *method, *template;
    enum result (*fn)(struct call *c);
};

/* The route of METHOD PATH, or NULL; fills IDS with what stands in its places. */
const struct route *routes_find(
    struct arena *a, const char *method, const char *path, const char *ids[2]);

/* Aborts if a route is not in the description. */
void routes_check(struct spec *spec);

#endif
