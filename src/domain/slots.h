/* A day is cut into quarter hours of UTC, the slots: slot = at / 900. A booking
 * takes one row of table `cells` for each slot from its buffer before to its
 * buffer after. The whole kitchen takes them of the whole space and of every
 * station, a station its own only: so whole and station collide on the station's
 * rows, and two bookings of anything that overlap collide on a unique key. */
#ifndef DOMAIN_SLOTS_H
#define DOMAIN_SLOTS_H

#include "domain/kitchens.h"

enum { SLOT_S = 900, SLOT_MIN = 15, DAY_SLOTS = 96 };

/* From FIRST to before END. */
struct slots {
    int64_t first, end;
};

/* The slot that an instant (since 1970) lies in, and the start of a slot. */
static inline int64_t slot_of(int64_t at)
{
    return at / SLOT_S;
}
static inline int64_t slot_at(int64_t slot)
{
    return slot * SLOT_S;
}

/* MINUTES as slots, a part of one counted whole. */
static inline int64_t slots_of_min(int64_t minutes)
{
    return (minutes + SLOT_MIN - 1) / SLOT_MIN;
}

/* The slots that a booking of these times takes, buffers and all. */
static inline struct slots slots_taken(int64_t start_at, int64_t end_at,
    int64_t buffer_before_min, int64_t buffer_after_min)
{
    return (struct slots) {
        .first = slot_of(start_at - buffer_before_min * 60),
        .end = slot_of(end_at + buffer_after_min * 60 + SLOT_S - 1),
    };
}

/* ... in kitchen K as its buffers are now. */
static inline struct slots slots_of_booking(
    const struct kitchen *k, int64_t start_at, int64_t end_at)
{
    return slots_taken(start_at, end_at, k->buffer_before_min, k->buffer_after_min);
}

#endif
