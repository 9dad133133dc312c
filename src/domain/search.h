/* Search: bookable starts near a place, with their final prices. */
#ifndef DOMAIN_SEARCH_H
#define DOMAIN_SEARCH_H

#include "domain/offers.h"

enum search_sort { SEARCH_DISTANCE, SEARCH_PRICE, SEARCH_RATING };

enum { SEARCH_PAGE = 20, SEARCH_PAGES_MAX = 10, SEARCH_RADIUS_MAX_MI = 100 };

struct search_request {
    struct near_filter
        filter; /* radius_mi 1 to SEARCH_RADIUS_MAX_MI; length_min is set here */
    struct wish wish;
    enum search_sort sort;
    int64_t page; /* 1 to SEARCH_PAGES_MAX */
};

struct search_page {
    struct offer *offers;
    size_t n;
    bool more;      /* there is a next page, within SEARCH_PAGES_MAX or not */
    bool pool_full; /* only the SEARCH_POOL nearest were ranked */
};

/* One page of offers. Sorted by distance all kitchens of the radius count; sorted by
 * price (the total of the earliest start) or rating (best first, unrated last) the
 * SEARCH_POOL nearest do, as many as all pages have room for. Each distance, price or
 * rating alike goes by the nearer. R_INVALID with a sentence when a number is out of
 * range. */
enum { SEARCH_POOL = SEARCH_PAGE * SEARCH_PAGES_MAX };
enum result search_find(
    struct ctx *c, const struct search_request *request, struct search_page *out);

/* Brings the map and the index of words in step with the kitchen's row. Call it in the
 * transaction that changes title, description, type, city, position or what it has. */
enum result search_index(struct ctx *c, int64_t kitchen_id);

/* COMPLETE: no kitchen is missing in that index. */
enum result search_is_complete(struct ctx *c, bool *complete);

/* Does so for the next kitchens after *AFTER_ID that are not in it yet, if there are
 * any, in a transaction of its own. *N: how many; 0: that was all. */
enum result search_index_missing(struct ctx *c, int64_t *after_id, size_t *n);

#endif
