/* What stands between a listing and its bookings: listings.h. */
#include <string.h>

#include "domain/catalogue.h"
#include "domain/listings.h"
#include "util/guard.h"
#include "util/text.h"

enum { DAY_S = 86400 };

static struct query *refresh(struct ctx *c, int64_t id, int64_t host_id)
{
    struct query *q = db_query(c->db, Q_LISTINGS_REFRESH);
    bind_int(q, "id", id);
    bind_int(q, "host_id", host_id);
    bind_int(q, "today", c->now_at / DAY_S);
    return q;
}

enum result listings_refresh(struct ctx *c, int64_t id)
{
    return query_run_one(refresh(c, id, 0));
}

enum result listings_refresh_host(struct ctx *c, int64_t host_id)
{
    return query_run(refresh(c, 0, host_id));
}

void listings_papers_missing(const char *have, struct listing_needs *out)
{
    static const char *const required[] = { "health_permit", "business_license",
        "insurance" };
    out->papers_n = 0;
    for (size_t i = 0; i < COUNT_OF(required); i++)
        if (have == NULL || strstr(have, required[i]) == NULL)
            out->papers[out->papers_n++] = required[i];
}

const char *listings_papers_text(struct ctx *c, const struct listing_needs *needs)
{
    const char *text = "";
    for (size_t i = 0; i < needs->papers_n; i++)
        text = arena_join(c->arena, text,
            i == 0                     ? ""
            : i + 1 == needs->papers_n ? " and "
                                       : ", ",
            catalogue_label(CATALOGUE_DOCUMENTS, needs->papers[i]), NULL);
    return text;
}

enum result listings_needs(
    struct ctx *c, const struct kitchen *k, struct listing_needs *out)
{
    struct query *q = db_query(c->db, Q_LISTINGS_NEEDS);
    bind_int(q, "id", k->id);
    bind_int(q, "today", c->now_at / DAY_S);
    TRY(query_step(q));
    *out = (struct listing_needs) {
        .transfers = col_int(q, "transfers") == 0,
        .windows = col_int(q, "windows") == 0,
        .photos = col_int(q, "photos") == 0,
    };
    listings_papers_missing(col_text_here(q, "papers"), out);
    return OK;
}
