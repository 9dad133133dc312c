/* Messages between vendor and host, tied to a booking. */
#ifndef DOMAIN_MESSAGES_H
#define DOMAIN_MESSAGES_H

#include "domain/bookings.h"

enum { MESSAGE_MAX = 2000 /* characters */, MESSAGES_PER_WINDOW = 60 };

struct message {
    int64_t id, sender_id, created_at;
    const char *sender, *body;
    bool mine;
};

/* The messages of booking B (which bookings_get let the acting person see), older than
 * BEFORE_ID (0: from the newest), newest first. */
enum result messages_of(struct ctx *c, const struct booking *b, int64_t before_id,
    size_t max, struct message **out, size_t *n);

/* Writes one to the other side: mail and notice with it (own transaction). Only vendor
 * and host write. KEY is of the form it came by, or empty: the same message by the same
 * form is written once. R_DENIED, R_INVALID, R_LIMITED. */
enum result messages_send(
    struct ctx *c, const struct booking *b, const char *body, const char *key);

struct message_thread {
    int64_t booking_id, last_id, last_at;
    const char *title, *with, *body; /* kitchen, the other person, the newest message */
    const char *timezone;            /* the kitchen's */
};

/* The acting person's threads, the one with the newest message first; BEFORE_ID is
 * last_id of the last row of the page before (0: first page). */
enum result messages_threads(struct ctx *c, int64_t before_id, size_t max,
    struct message_thread **out, size_t *n);

#endif
