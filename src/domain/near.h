/* Bookable kitchens round a point, nearest first, read in growing boxes of the
 * map's squares: as few as the asker needs. Whether they are free is not looked
 * at here. */
#ifndef DOMAIN_NEAR_H
#define DOMAIN_NEAR_H

#include "app/ctx.h"
#include "util/guard.h"
#include "util/money.h"

struct near_filter {
    double lat, lng, radius_mi;
    uint64_t equipment;    /* all of these bits */
    struct cents max_rate; /* an hour; 0: any */
    int64_t length_min;    /* longest "shortest booking" that will do; 0: any */
    const char *words;     /* all of them, in what search_index() takes in; "": none */
};

/* Where a kitchen is and which it is, in one number: those of neighbours are close.
 * What search reads of kitchens is laid out in this order. */
enum { SPOT_ID_BITS = 27 };
static inline int64_t near_spot(int64_t cell, int64_t id)
{
    CHECK(id >= 0 && id < INT64_C(1) << SPOT_ID_BITS);
    return cell << SPOT_ID_BITS | id;
}

struct near_kitchen {
    int64_t id, spot;
    double lat, lng, distance_mi;
    struct cents rate, offpeak_rate, cleaning;
    char region[4];
    int64_t min_min, rating_sum, rating_count;
};

/* Where a walk has got to. */
struct near_walk {
    struct near_filter filter;
    const char *match; /* what the text index is asked for; NULL: nothing */
    int level;        /* of the last box, or the first: its squares are 2^level cells */
    double look_mi;   /* how far this look wants to see; INFINITY: all of its box */
    double expected;  /* so many are in that, by what is known before */
    double done_mi;   /* everything up to here has been given */
    double enough_mi; /* what would have been a good first look; 0: not known yet */
    double edge_mi;   /* of the square that was looked at last */
    size_t seen;      /* kitchens in it */
    size_t first_wanted, given;
    bool over;
};

/* A walk from the point of FILTER. R_INVALID if words were given but nothing of
 * them can be looked for. */
enum result near_begin(
    struct ctx *c, const struct near_filter *filter, struct near_walk *out);

/* The next kitchens, nearest first, all farther than those before; WANTED is how
 * many more would do (more or fewer may come). None, with walk->over set, at the end.
 * Where more than NEAR_MAX that fit stand within a few steps, the rest are left out. */
enum { NEAR_MAX = 4000 };
enum result near_next(struct ctx *c, struct near_walk *w, size_t wanted,
    struct near_kitchen **out, size_t *n);

#endif
