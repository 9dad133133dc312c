#include "domain/cells.h"

#include "util/guard.h"

static void bind_range(struct query *q, struct slots slots)
{
    CHECK(slots.first < slots.end);
    bind_int(q, "first_slot", slots.first);
    bind_int(q, "end_slot", slots.end);
}

/* The query for the whole kitchen or for the one space, with its place bound. */
static struct query *query_of(struct ctx *c, bool whole, enum query_id all,
    enum query_id one, int64_t kitchen_id, int64_t space_id)
{
    struct query *q = db_query(c->db, whole ? all : one);
    if (whole)
        bind_int(q, "kitchen_id", kitchen_id);
    else
        bind_int(q, "space_id", space_id);
    return q;
}

enum result cells_take(struct ctx *c, int64_t booking_id, int64_t kitchen_id,
    int64_t space_id, bool whole, struct slots slots)
{
    struct query *q =
        query_of(c, whole, Q_CELLS_TAKE_ALL, Q_CELLS_TAKE_ONE, kitchen_id, space_id);
    bind_range(q, slots);
    bind_int(q, "booking_id", booking_id);
    return query_run(q);
}

enum result cells_release(struct ctx *c, int64_t booking_id)
{
    struct query *q = db_query(c->db, Q_CELLS_RELEASE);
    bind_int(q, "booking_id", booking_id);
    return query_run(q);
}

enum result cells_in_the_way(struct ctx *c, int64_t kitchen_id, int64_t space_id,
    bool whole, struct slots slots, size_t max, int64_t **booking_ids, size_t *n)
{
    struct query *q = query_of(c, whole, Q_CELLS_IN_THE_WAY_OF_ALL,
        Q_CELLS_IN_THE_WAY_OF_ONE, kitchen_id, space_id);
    bind_range(q, slots);
    return query_ids(q, max, booking_ids, n);
}
