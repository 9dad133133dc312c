/* Every operation that the sandbox knows. The templates are those of the API
 * description; a route that the description lacks is a bug, found at start. */
#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include "call.h"

struct route {
    const char *method, *template;
    enum result (*fn)(struct call *c);
    const char *left_out; /* parameters that it does not support, by a blank */
};

/* The route of METHOD PATH, or NULL; fills IDS with what stands in its places. */
const struct route *routes_find(
    struct arena *a, const char *method, const char *path, const char *ids[2]);

/* A 400 that names the first parameter that the sandbox leaves out, or OK. */
enum result routes_refuse_left_out(struct call *c, const struct route *route);

/* Aborts if a route or what it leaves out is not in the description. */
void routes_check(struct spec *spec);

#endif
