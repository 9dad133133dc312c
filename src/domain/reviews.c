#include "domain/reviews.h"

enum result reviews_of_kitchen(struct ctx *c, int64_t kitchen_id, int64_t before_id,
    size_t max, struct review **out, size_t *n)
{
    struct review *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_REVIEWS_OF_KITCHEN);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct review) {
            .id = col_int(q, "id"),
            .visible_at = col_int(q, "visible_at"),
            .overall = (int)col_int(q, "overall"),
            .author = col_text(q, "author"),
            .body = col_text(q, "body"),
            .reply = col_text(q, "reply"),
        };
    *out = rows;
    return query_end(r);
}
