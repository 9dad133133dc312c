#include "domain/search.h"

#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/squares.h"
#include "domain/words.h"
#include "util/guard.h"
#include "util/text.h"

enum { DAY_MIN = 1440, YEARS_AHEAD_DAYS = 800 };

/* What is found so far, as far as the wanted page and one more; there is room for a
 * whole batch behind that. */
struct findings {
    struct offer *offers;
    size_t n, wanted;
    bool pool_full; /* only the nearest were ranked */
};

static enum result offer_batch(struct ctx *c, const struct wish *wish,
    const struct near_kitchen *kitchens, size_t n, struct findings *f)
{
    size_t found;
    TRY(offers_find(c, wish, kitchens, n, f->offers + f->n, &found));
    f->n += found;
    return OK;
}

/* Kitchens in an order, offered in batches until there is enough. */
static enum result offer_all(struct ctx *c, const struct wish *wish,
    const struct near_kitchen *kitchens, size_t n, struct findings *f)
{
    for (size_t i = 0; i < n && f->n < f->wanted;) {
        size_t size = f->wanted - f->n + 1;
        size = size < OFFERS_BATCH ? size : OFFERS_BATCH;
        size = size < n - i ? size : n - i;
        TRY(offer_batch(c, wish, kitchens + i, size, f));
        i += size;
    }
    return OK;
}

/* The next kitchens of a walk, WANTED or more if there are as many. */
static enum result gather(struct ctx *c, struct near_walk *walk, size_t wanted,
    struct near_kitchen **out, size_t *n)
{
    *n = 0;
    while (!walk->over && *n < wanted) {
        struct near_kitchen *more, *all;
        size_t more_n;
        TRY(near_next(c, walk, wanted - *n, &more, &more_n));
        if (*n == 0) { /* the usual case: one box is enough */
            *out = more;
            *n = more_n;
            continue;
        }
        all = arena_array(c->arena, *n + more_n, sizeof *all);
        memcpy(all, *out, *n * sizeof *all);
        if (more_n > 0)
            memcpy(all + *n, more, more_n * sizeof *all);
        *out = all;
        *n += more_n;
    }
    return OK;
}

static enum result by_distance(
    struct ctx *c, const struct search_request *request, struct findings *f)
{
    struct near_walk walk;
    TRY(near_begin(c, &request->filter, &walk));
    while (!walk.over && f->n < f->wanted) {
        struct near_kitchen *kitchens = NULL;
        size_t n;
        TRY(gather(c, &walk, f->wanted - f->n, &kitchens, &n));
        TRY(offer_all(c, &request->wish, kitchens, n, f));
    }
    return OK;
}

/* The nearest kitchens, up to SEARCH_POOL. */
static enum result read_pool(struct ctx *c, const struct search_request *request,
    struct findings *f, struct near_kitchen **out, size_t *n)
{
    struct near_walk walk;
    TRY(near_begin(c, &request->filter, &walk));
    TRY(gather(c, &walk, SEARCH_POOL, out, n));
    f->pool_full = *n >= SEARCH_POOL;
    *n = f->pool_full ? SEARCH_POOL : *n;
    return OK;
}

/* ---- by price and rating ------------------------------------------------------------
 */

static int nearer(double a, double b)
{
    return (a > b) - (a < b);
}

static int best_rated_first(const void *a, const void *b)
{
    const struct near_kitchen *x = a, *y = b;
    /* Sums over counts, compared without dividing; no reviews count as none. */
    int64_t left = x->rating_sum * (y->rating_count > 0 ? y->rating_count : 1);
    int64_t right = y->rating_sum * (x->rating_count > 0 ? x->rating_count : 1);
    if (left != right)
        return left > right ? -1 : 1;
    if (x->rating_count != y->rating_count)
        return x->rating_count > y->rating_count ? -1 : 1;
    return nearer(x->distance_mi, y->distance_mi);
}

static enum result by_rating(
    struct ctx *c, const struct search_request *request, struct findings *f)
{
    struct near_kitchen *pool = NULL;
    size_t n;
    TRY(read_pool(c, request, f, &pool, &n));
    if (n > 0)
        qsort(pool, n, sizeof *pool, best_rated_first);
    return offer_all(c, &request->wish, pool, n, f);
}

/* No offer of this kitchen can cost less: its lower rate, its region's lowest tax. */
struct bound {
    int64_t least_cents;
    const struct near_kitchen *kitchen;
};

static int64_t least_cents(
    const struct ctx *c, const struct near_kitchen *k, const struct wish *w)
{
    bool cheaper = k->offpeak_rate.n > 0 && k->offpeak_rate.n < k->rate.n;
    int64_t minutes = w->length_min > 0 ? w->length_min : k->min_min;
    struct cents base = cents_of_minutes(cheaper ? k->offpeak_rate : k->rate, minutes);
    struct cents net = cents_add(base, k->cleaning);
    struct cents taxed = cents_add(net, cents_of_bp(net, c->conf->vendor_fee_bp));
    int64_t tax_bp = pricing_least_tax_bp(k->region, c->conf->default_tax_bp);
    return cents_add(taxed, cents_of_bp(taxed, tax_bp)).n;
}

static int lowest_first(const void *a, const void *b)
{
    const struct bound *x = a, *y = b;
    if (x->least_cents != y->least_cents)
        return x->least_cents < y->least_cents ? -1 : 1;
    return nearer(x->kitchen->distance_mi, y->kitchen->distance_mi);
}

static int cheapest_first(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->quote.total.n != y->quote.total.n)
        return x->quote.total.n < y->quote.total.n ? -1 : 1;
    return nearer(x->distance_mi, y->distance_mi);
}

/* Are there enough offers that nothing still unseen can come before? */
static bool settled(const struct findings *f, int64_t least_unseen_cents)
{
    return f->n >= f->wanted &&
           f->offers[f->wanted - 1].quote.total.n <= least_unseen_cents;
}

static enum result by_price(
    struct ctx *c, const struct search_request *request, struct findings *f)
{
    struct near_kitchen *pool = NULL, batch[OFFERS_BATCH];
    size_t n;
    TRY(read_pool(c, request, f, &pool, &n));
    struct bound *bounds = arena_array(c->arena, n, sizeof *bounds);
    for (size_t i = 0; i < n; i++)
        bounds[i] =
            (struct bound) { least_cents(c, &pool[i], &request->wish), &pool[i] };
    qsort(bounds, n, sizeof *bounds, lowest_first);
    for (size_t i = 0; i < n && !settled(f, bounds[i].least_cents);) {
        size_t size = 0;
        while (size < OFFERS_BATCH && i < n && !settled(f, bounds[i].least_cents))
            batch[size++] = *bounds[i++].kitchen;
        TRY(offer_batch(c, &request->wish, batch, size, f));
        qsort(f->offers, f->n, sizeof *f->offers, cheapest_first);
    }
    return OK;
}

/* ---- asking -------------------------------------------------------------------------
 */

static bool minute_ok(int64_t minute)
{
    return minute == ANY_TIME || (minute >= 0 && minute <= DAY_MIN);
}

static enum result check(struct ctx *c, const struct search_request *r)
{
    const struct near_filter *f = &r->filter;
    int64_t today = c->now_at / 86400;
    if (!(f->lat >= -90 && f->lat <= 90 && f->lng >= -180 && f->lng <= 180))
        return fail(c, R_INVALID, "That place is not on the map.");
    if (!(f->radius_mi >= 1 && f->radius_mi <= SEARCH_RADIUS_MAX_MI))
        return fail(
            c, R_INVALID, "Choose a radius from 1 to %d miles.", SEARCH_RADIUS_MAX_MI);
    if (r->wish.day != ANY_DAY &&
        (r->wish.day < today - 1 || r->wish.day > today + YEARS_AHEAD_DAYS))
        return fail(c, R_INVALID, "Choose a day from today to %lld days ahead.",
            (long long)c->conf->max_days_ahead);
    if (!minute_ok(r->wish.start_min) || !minute_ok(r->wish.end_min) ||
        r->wish.length_min < 0 || r->wish.length_min > 31 * DAY_MIN)
        return fail(c, R_INVALID, "Choose hours of one day.");
    if (r->page < 1 || r->page > SEARCH_PAGES_MAX)
        return fail(c, R_INVALID,
            "There are %d pages at most. Search closer by instead.", SEARCH_PAGES_MAX);
    return OK;
}

enum result search_find(
    struct ctx *c, const struct search_request *request, struct search_page *out)
{
    static enum result (*const ways[])(
        struct ctx *, const struct search_request *, struct findings *) = {
        [SEARCH_DISTANCE] = by_distance,
        [SEARCH_PRICE] = by_price,
        [SEARCH_RATING] = by_rating,
    };
    struct search_request r = *request;
    *out = (struct search_page) { 0 };
    TRY(check(c, &r));
    r.filter.length_min = r.wish.length_min;
    size_t before = (size_t)(r.page - 1) * SEARCH_PAGE;
    struct findings f = { .wanted = before + SEARCH_PAGE + 1 };
    size_t room = r.sort == SEARCH_PRICE ? SEARCH_POOL : f.wanted;
    f.offers = arena_array(c->arena, room + OFFERS_BATCH, sizeof *f.offers);
    TRY(ways[r.sort](c, &r, &f));
    out->pool_full = f.pool_full;
    if (f.n <= before)
        return OK;
    out->offers = f.offers + before;
    out->n = f.n - before < SEARCH_PAGE ? f.n - before : SEARCH_PAGE;
    out->more = f.n > before + SEARCH_PAGE;
    return OK;
}

/* ---- keeping the index ---- */

/* All that words are looked for in: what the host wrote, where it is, and everything of
 * the catalogue that the kitchen has. */
static const char *text_of(struct ctx *c, const struct kitchen *k)
{
    static const enum catalogue lists[] = { CATALOGUE_EQUIPMENT, CATALOGUE_FEATURES };
    uint64_t masks[] = { k->equipment_mask, k->feature_mask };
    const char *text = ctx_printf(c, "%s, %s, %s, %s, %s", k->title, k->description,
        catalogue_label(CATALOGUE_KITCHEN_TYPES, k->kitchen_type), k->city, k->region);
    for (size_t list = 0; list < 2; list++) {
        size_t n;
        const struct catalogue_item *items = catalogue_list(lists[list], &n);
        for (size_t i = 0; i < n; i++)
            if ((masks[list] >> i & 1) != 0)
                text = ctx_printf(c, "%s, %s", text, items[i].label);
    }
    return text;
}

enum result search_index(struct ctx *c, int64_t kitchen_id)
{
    struct kitchen k;
    TRY(kitchens_get(c, kitchen_id, &k));
    return words_index(c, kitchen_id, squares_cell(k.lat, k.lng), text_of(c, &k));
}

enum result search_is_complete(struct ctx *c, bool *complete)
{
    int64_t id;
    size_t n;
    TRY(words_missing(c, 0, &id, 1, &n));
    *complete = n == 0;
    return OK;
}

enum result search_index_missing(struct ctx *c, int64_t *after_id, size_t *n)
{
    int64_t ids[100];
    TRY(words_missing(c, *after_id, ids, COUNT_OF(ids), n));
    TRY(db_begin(c->db));
    for (size_t i = 0; i < *n; i++) {
        TRY(search_index(c, ids[i]));
        *after_id = ids[i];
    }
    return db_commit(c->db);
}
