/* The demo city, and at least one of everything that a path can name: each belongs to
 * the host THINGS_HOST, to the vendor THINGS_VENDOR or to both. For tests that go
 * through the table of routes with ids that exist. */
#ifndef SUPPORT_THINGS_H
#define SUPPORT_THINGS_H

#include "support/site.h"

#define THINGS_HOST "host@demo.test"
#define THINGS_VENDOR "vendor2@demo.test"

struct things {
    struct site *site;
    struct arena *a;
    int64_t host_id, vendor_id, kitchen_id;
    int64_t booking_id;            /* confirmed, in the kitchen */
    int64_t requested_id, held_id; /* the host's; the vendor's */
    int64_t station_id, photo_id, document_id;
    int64_t refund_id, difference_id, transfer_id;
};

void things_load(struct things *t, struct site *site, struct arena *a);

/* "/bookings/:id/cancel" with the id of the booking that this may be done to. */
const char *things_path(const struct things *t, const char *pattern);

#endif
