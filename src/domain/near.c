#include "domain/near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain/places.h"
#include "domain/squares.h"
#include "domain/words.h"
#include "util/guard.h"
#include "util/text.h"

enum {
    SQUARES_MAX = 400,         /* of one look */
    RANGE_BITS = SPOT_ID_BITS, /* as in near.sql */
    RATE_MAX_CENTS = 100000000,
    MINUTES_MAX = 1 << 30
};

/* Squares of a look are 2^k cells high. The first look is a middle one, where nothing
 * better is known. So many kitchens in it are a town, where it takes a closer look. */
enum { FINEST, FIRST = 3, COARSEST = 12 };
enum { DENSE = 300, FIRST_REACH = 2 };
static const double first_close_mi = 0.33;

enum result near_begin(
    struct ctx *c, const struct near_filter *filter, struct near_walk *out)
{
    *out = (struct near_walk) {
        .filter = *filter,
        .level = FIRST,
        .done_mi = -1,
        .look_mi = INFINITY,
    };
    if (*filter->words != '\0' && !words_any(filter->words))
        return fail(c, R_INVALID,
            "Give a word to look for, like \"smoker\" or \"loading dock\".");
    out->match = words_match(c, filter->words);
    return OK;
}

static int64_t size_of(const struct near_walk *w)
{
    return INT64_C(1) << w->level;
}

/* ---- reading a box ----------------------------------------------------------------
 */

static const char *ranges_json(struct ctx *c, const struct square_box *box)
{
    struct cell_range ranges[SQUARES_MAX];
    size_t n = squares_ranges(box, ranges, SQUARES_MAX);
    char *out = arena_alloc(c->arena, n * (TEXT_INT_MAX + 1) + 2), *at = out;
    for (size_t i = 0; i < n; i++) {
        *at++ = i == 0 ? '[' : ',';
        int64_t follow = ranges[i].last - ranges[i].first;
        CHECK(follow < INT64_C(1) << RANGE_BITS);
        at += text_put_int(at, ranges[i].first << RANGE_BITS | follow);
    }
    *at = ']';
    return out;
}

/* Only what lies in the square round a circle of MI: cheaper said here than found out
 * for each row. */
static void bind_square(struct query *q, const struct near_walk *w, double mi)
{
    const struct near_filter *f = &w->filter;
    double north = squares_north(mi), east = squares_east(f->lat, mi);
    bind_real(q, "south", f->lat - north);
    bind_real(q, "north", f->lat + north);
    bind_real(q, "west", f->lng - east);
    bind_real(q, "east", f->lng + east);
    if (w->match == NULL)
        return;
    bind_int(q, "southwest", near_spot(squares_cell(f->lat - north, f->lng - east), 0));
    bind_int(q, "northeast", near_spot(squares_cell(f->lat + north, f->lng + east), 0));
}

/* So many kitchens at most are read in one look. */
static size_t most_of(const struct near_walk *w)
{
    return w->look_mi == INFINITY ? DENSE : NEAR_MAX;
}

static struct query *query_of(struct ctx *c, const struct near_walk *w,
    const struct square_box *box, double up_to_mi)
{
    const struct near_filter *f = &w->filter;
    struct query *q = db_query(c->db, w->match != NULL ? Q_NEAR_TEXT : Q_NEAR_CELLS);
    bind_text(q, "ranges", ranges_json(c, box));
    if (w->match != NULL)
        bind_text(q, "match", w->match);
    bind_int(q, "equipment", (int64_t)f->equipment);
    bind_int(q, "max_rate_cents", f->max_rate.n > 0 ? f->max_rate.n : RATE_MAX_CENTS);
    bind_int(q, "length_min", f->length_min > 0 ? f->length_min : MINUTES_MAX);
    bind_square(q, w, w->look_mi < INFINITY ? up_to_mi : f->radius_mi);
    bind_int(q, "max", (int64_t)most_of(w));
    return q;
}

static int nearest_first(const void *a, const void *b)
{
    const struct near_kitchen *x = a, *y = b;
    if (x->distance_mi != y->distance_mi)
        return x->distance_mi < y->distance_mi ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Kitchens of the box between what is done and UP_TO_MI; w->seen are those of the
 * square that was looked at, whatever their distance. */
static enum result read_box(struct ctx *c, struct near_walk *w,
    const struct square_box *box, double up_to_mi, struct near_kitchen **out, size_t *n)
{
    const struct near_filter *f = &w->filter;
    struct query *q = query_of(c, w, box, up_to_mi);
    size_t room = 64;
    struct near_kitchen *rows = arena_array(c->arena, room, sizeof *rows);
    enum result r;
    *n = w->seen = 0;
    for (QUERY_EACH(q, r)) {
        int64_t id = col_int(q, "id");
        double lat = col_real(q, "lat"), lng = col_real(q, "lng");
        double distance_mi = places_distance_mi(f->lat, f->lng, lat, lng);
        w->seen++;
        if (distance_mi <= w->done_mi || distance_mi > up_to_mi)
            continue;
        if (*n == room) {
            struct near_kitchen *more = arena_array(c->arena, 4 * room, sizeof *more);
            memcpy(more, rows, room * sizeof *rows);
            rows = more;
            room *= 4;
        }
        struct near_kitchen *k = &rows[(*n)++];
        *k = (struct near_kitchen) {
            .id = id,
            .spot = near_spot(col_int(q, "cell"), id),
            .lat = lat,
            .lng = lng,
            .distance_mi = distance_mi,
            .rate = cents_of(col_int(q, "rate_cents")),
            .offpeak_rate = cents_of(col_int(q, "offpeak_rate_cents")),
            .cleaning = cents_of(col_int(q, "cleaning_cents")),
            .min_min = col_int(q, "min_min"),
            .rating_sum = col_int(q, "rating_sum"),
            .rating_count = col_int(q, "rating_count"),
        };
        memccpy(k->region, col_text_here(q, "region"), '\0', sizeof k->region - 1);
    }
    qsort(rows, *n, sizeof *rows, nearest_first);
    *out = rows;
    return query_end(r);
}

/* ---- how far to look --------------------------------------------------------------
 * What walks have found, by the square in which they began and by what they looked for.
 * It is a guess how wide the next first look should be, no more: a walk gives the same
 * kitchens whatever it begins with, in one look or in several. Two questions that share
 * a place guess badly for each other, which costs a look. */

enum { SETS = 1024, WAYS = 4, GUESS_LEVEL = 6 };
static struct guess {
    uint64_t question;
    double mi;
} guesses[SETS][WAYS]; /* of this process, in a set the latest first */

/* So many kitchens should lie in the first look: as many as are wanted, and twice as
 * many more as chance makes of that number, for those who ask from the next street. */
static size_t enough(const struct near_walk *w)
{
    return w->first_wanted + (size_t)ceil(2 * sqrt((double)w->first_wanted));
}

static uint64_t mix(uint64_t h, uint64_t n)
{
    h = (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t question_of(const struct near_walk *w)
{
    const struct near_filter *f = &w->filter;
    uint64_t h =
        mix(w->first_wanted, (uint64_t)squares_cell(f->lat, f->lng) >> 2 * GUESS_LEVEL);
    h = mix(mix(h, f->equipment), (uint64_t)f->max_rate.n);
    h = mix(h, (uint64_t)f->length_min);
    for (const char *s = f->words; *s != '\0'; s++)
        h = mix(h, (unsigned char)*s);
    return h;
}

/* Notes how far the first look should have gone, after one that found N more. */
static void remember(struct near_walk *w, const struct near_kitchen *kitchens, size_t n)
{
    uint64_t question = question_of(w);
    size_t want = enough(w);
    if (w->given < want && w->given + n >= want)
        w->enough_mi = kitchens[want - w->given - 1].distance_mi;
    double mi = w->enough_mi;
    if (mi == 0)
        mi = w->done_mi * sqrt((double)want / ((double)(w->given + n) + 0.5));
    struct guess *set = guesses[question % SETS];
    int place = 0;
    while (place < WAYS - 1 && set[place].question != question)
        place++;
    memmove(set + 1, set, (size_t)place * sizeof *set);
    set[0] = (struct guess) { question, fmax(mi * 1.001, 0.01) };
}

/* ---- walking ----------------------------------------------------------------------
 */

/* The box of the next look: as wide as it must be, or the first look's. */
static struct square_box box_of(const struct near_walk *w)
{
    const struct near_filter *f = &w->filter;
    return w->look_mi < INFINITY ? squares_round(f->lat, f->lng, size_of(w), w->look_mi)
                                 : squares_box(f->lat, f->lng, size_of(w), FIRST_REACH);
}

/* What a look costs, in kitchens read: a range is as dear as a few of them (of the text
 * index, as many), and those of a box that lie outside its circle are read for nothing.
 * Where equipment is asked for, most of those inside are, too. Half of the squares
 * begin a range of their own. */
static double cost_of(const struct near_walk *w)
{
    enum { RANGE_COST = 5, TEXT_RANGE_COST = 100, WITHOUT_COST = 3 };
    bool choosy = w->filter.equipment != 0 && w->match == NULL;
    struct square_box box = box_of(w);
    double squares = (double)squares_count(&box);
    if (squares > SQUARES_MAX)
        return INFINITY;
    double height = (double)(box.north - box.south + 1);
    double width = (double)(box.east - box.west + 1);
    double narrowing = fmax(0.05, cos(w->filter.lat * M_PI / 180));
    double area = height * width * narrowing * SQUARES_CELL_MI * SQUARES_CELL_MI;
    double circle = M_PI * w->look_mi * w->look_mi;
    return (w->match != NULL ? TEXT_RANGE_COST : RANGE_COST) * (squares + 1) / 2 +
           w->expected * (choosy ? WITHOUT_COST : 1) * area / circle;
}

/* The next look goes so far, where so many are expected, with the squares that make it
 * cheapest. */
static void look_so_far(struct near_walk *w, double mi, size_t expected)
{
    double least = INFINITY;
    int best = COARSEST;
    w->look_mi = fmin(mi, w->filter.radius_mi);
    w->expected = (double)expected * (w->look_mi / mi) * (w->look_mi / mi);
    for (w->level = FINEST; w->level <= COARSEST; w->level++) {
        double cost = cost_of(w);
        if (cost < least) {
            least = cost;
            best = w->level;
        }
    }
    w->level = best;
}

/* The first look by what is remembered. */
static void begin_by_guess(struct near_walk *w)
{
    uint64_t question = question_of(w);
    const struct guess *set = guesses[question % SETS];
    for (int i = 0; i < WAYS; i++)
        if (set[i].question == question) {
            look_so_far(w, set[i].mi, enough(w));
            return;
        }
}

/* The next circle: as wide as it takes to have WANTED more within it, if kitchens lie
 * as densely there and as many of them will do as so far. Almost twice as wide at
 * least, so that a walk is a handful of looks, and at most ten times as wide, so that
 * the desert's edge does not swallow a town. */
static void grow(struct near_walk *w, size_t wanted)
{
    double taken = w->first_wanted > wanted ? (double)(w->first_wanted - wanted) : 0;
    double share = (taken + 1) / ((double)w->given + 1);
    double needed = (double)w->given + 1.3 * (double)wanted / share;
    double least = fmax(1.8 * w->done_mi, 0.1);
    double mi = w->edge_mi * sqrt(needed / M_PI / ((double)w->seen + 0.5));
    look_so_far(w, fmax(least, fmin(10 * w->edge_mi, mi)), (size_t)needed);
}

/* A look that had to stop before its end: the nearest may not be among what it saw. How
 * far one should go that sees less, or 0 if this one did see all, or was as close as
 * makes sense. */
static double closer_mi(const struct near_walk *w)
{
    const double least_mi = 0.05;
    if (w->seen < most_of(w))
        return 0;
    if (w->look_mi == INFINITY)
        return first_close_mi;
    double done_mi = fmax(w->done_mi, 0), step_mi = (w->look_mi - done_mi) / 4;
    return step_mi < least_mi ? 0 : done_mi + step_mi;
}

enum result near_next(struct ctx *c, struct near_walk *w, size_t wanted,
    struct near_kitchen **out, size_t *n)
{
    const struct near_filter *f = &w->filter;
    *n = 0;
    *out = NULL;
    if (w->first_wanted == 0) {
        w->first_wanted = wanted;
        begin_by_guess(w);
    }
    for (double closer = 0; !w->over && *n == 0;) {
        if (closer > 0)
            look_so_far(w, closer, enough(w));
        else if (w->done_mi >= 0)
            grow(w, wanted);
        struct square_box box = box_of(w);
        double inside_mi = fmin(w->look_mi, squares_inside_mi(&box, f->lat, f->lng));
        /* At the map's edges a box may have all of the radius and yet end before it. */
        bool last = w->look_mi < INFINITY
                        ? w->look_mi >= f->radius_mi
                        : FIRST_REACH >= squares_reach(size_of(w), f->radius_mi);
        double up_to_mi = last || inside_mi > f->radius_mi ? f->radius_mi : inside_mi;
        TRY(read_box(c, w, &box, up_to_mi, out, n));
        closer = closer_mi(w);
        if (closer > 0) {
            *n = 0;
            continue;
        }
        w->edge_mi =
            w->look_mi < INFINITY
                ? 2 * up_to_mi
                : (double)((2 * FIRST_REACH + 1) * size_of(w)) * SQUARES_CELL_MI;
        w->over = up_to_mi >= f->radius_mi;
        w->done_mi = up_to_mi;
        remember(w, *out, *n);
        w->given += *n;
    }
    return OK;
}
