/* /v1/webhook_endpoints. */
#ifndef SANDBOX_WEBHOOK_ENDPOINTS_H
#define SANDBOX_WEBHOOK_ENDPOINTS_H

#include "objects.h"

enum result webhook_endpoints_create(struct call *c);
enum result webhook_endpoints_retrieve(struct call *c);
enum result webhook_endpoints_update(struct call *c);
enum result webhook_endpoints_delete(struct call *c);
enum result webhook_endpoints_list(struct call *c);

/* An endpoint for all events at URL, with a SECRET of the caller's choice; the one
 * that is there for this URL already takes the secret over. CONNECT: for events of
 * connected accounts. */
void webhook_endpoints_ensure(
    struct call *c, const char *url, const char *secret, bool connect);

/* A new secret; the old one signs too for OVERLAP_S seconds. Returns the new one,
 * or NULL if there is no such endpoint. */
const char *webhook_endpoints_rotate(struct call *c, const char *id, int64_t overlap_s);

#endif
