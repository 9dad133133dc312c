/* What kitchens can offer for a wish: the earliest start that can be booked, and
 * its final price. Asked for a batch of kitchens at a time, in three queries. */
#ifndef DOMAIN_OFFERS_H
#define DOMAIN_OFFERS_H

#include "domain/near.h"
#include "domain/pricing.h"

enum { ANY_DAY = -1, ANY_TIME = -1 };

struct wish {
    int64_t day; /* the local date (days since 1970), or ANY_DAY: the next 28 */
    int64_t start_min, end_min; /* within these hours by the wall clock (end_min <=
                                   start_min: the next day's), or ANY_TIME */
    int64_t length_min;         /* 0: from start to end if both are said, else the
                                   kitchen's shortest */
};

/* A kitchen and the earliest booking of the wished length in the whole of it. */
struct offer {
    int64_t id;
    const char *slug, *title, *city, *region, *kitchen_type, *timezone;
    const char *photo; /* hash of the cover, NULL: none */
    double lat, lng, distance_mi;
    int64_t rating_sum, rating_count;
    bool instant_book;
    int64_t start_at, end_at;
    struct quote quote;
};

/* The offers of kitchens that have one, in the order of KITCHENS (at most
 * OFFERS_BATCH). OUT has room for as many. */
enum { OFFERS_BATCH = 24 };
enum result offers_find(struct ctx *c, const struct wish *wish,
    const struct near_kitchen *kitchens, size_t kitchens_n, struct offer *out,
    size_t *n);

#endif
