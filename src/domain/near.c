#include "domain/near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/places.h"
#include "domain/squares.h"
#include "util/text.h"

enum {
    RANGES_MAX = 160, /* 17 rows of COLUMNS_MAX squares, 10 in a range */
    COLUMNS_MAX = 80,
    WORDS_MAX = 8,
    RATE_MAX_CENTS = 100000000,
    MINUTES_MAX = 1 << 30
};

/* From fine to coarse: squares of a size, how far a look at that size may reach, and
 * how kitchen_text names them. */
struct near_level {
    int64_t size, reach_max;
    char token;
};
enum { FINE, MIDDLE, COARSE, LEVELS };
static const struct near_level cell_levels[LEVELS] = { { SQUARES_CELL, 8, 0 },
    { SQUARES_PART, 8, 0 }, { SQUARES_SQUARE, INT64_MAX, 0 } };
static const struct near_level word_levels[LEVELS] = { { SQUARES_PART, 3, 'p' },
    { SQUARES_SQUARE, 5, 's' }, { SQUARES_DEGREE, INT64_MAX, 'd' } };

/* The first look is a middle one, where nothing better is known. So many kitchens in it
 * are a town, where it takes a closer look. */
enum { DENSE = 300 };
struct first_look {
    int64_t reach;
    double close_mi;
};
static const struct first_look cells_first = { 2, 0.33 }, words_first = { 0, 1.4 };

/* Of a word that is so rare all places of a degree are fewer than the names of its
 * squares. */
enum { RARE = 2 };
static const double rare_per_mi2 = 0.007;

static const char *near_token(struct ctx *c, double lat, double lng, char token)
{
    int64_t number = token == 'p'   ? squares_cell(lat, lng) / 100
                     : token == 's' ? squares_square(lat, lng)
                                    : squares_degree(lat, lng);
    return ctx_printf(c, "%c%lld", token, (long long)number);
}

const char *near_place_tokens(struct ctx *c, double lat, double lng)
{
    return ctx_printf(c, "%s %s %s", near_token(c, lat, lng, 'p'),
        near_token(c, lat, lng, 's'), near_token(c, lat, lng, 'd'));
}

/* ---- words ------------------------------------------------------------------------
 */

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c & 0x80) != 0;
}

/* Each word in quotes, so that none of them is an operator; NULL without any. */
static const char *quoted_words(struct ctx *c, const char *s)
{
    char *out = arena_alloc(c->arena, 3 * strlen(s) + 1), *at = out;
    for (int words = 0; words < WORDS_MAX; words++) {
        while (*s != '\0' && !is_word_byte(*s))
            s++;
        if (*s == '\0')
            break;
        if (at > out)
            *at++ = ' ';
        *at++ = '"';
        while (is_word_byte(*s))
            *at++ = *s++;
        *at++ = '"';
    }
    return at == out ? NULL : out;
}

enum result near_begin(
    struct ctx *c, const struct near_filter *filter, struct near_walk *out)
{
    bool words = *filter->words != '\0';
    *out = (struct near_walk) {
        .filter = *filter,
        .match = words ? quoted_words(c, filter->words) : NULL,
        .levels = words ? word_levels : cell_levels,
        .level = MIDDLE,
        .reach = words ? words_first.reach : cells_first.reach,
        .done_mi = -1,
        .look_mi = INFINITY,
    };
    if (words && out->match == NULL)
        return fail(c, R_INVALID,
            "Give a word to look for, like \"smoker\" or \"loading dock\".");
    return OK;
}

static int64_t size_of(const struct near_walk *w)
{
    return w->levels[w->level].size;
}

/* ---- reading a box ----------------------------------------------------------------
 */

static const char *ranges_json(struct ctx *c, const struct square_box *box)
{
    struct cell_range ranges[RANGES_MAX];
    size_t n = squares_ranges(box, ranges, RANGES_MAX);
    char *out = arena_alloc(c->arena, n * (TEXT_INT_MAX + 1) + 2), *at = out;
    for (size_t i = 0; i < n; i++) {
        *at++ = i == 0 ? '[' : ',';
        int64_t packed = ranges[i].first << 20 | (ranges[i].last - ranges[i].first);
        at += text_put_int(at, packed);
    }
    *at = ']';
    return out;
}

/* The words within the box: `place : (s1 OR s2) AND {title ...} : ("a" "b")`. */
static const char *match_in(
    struct ctx *c, const struct near_walk *w, const struct square_box *box)
{
    enum { TOKEN_BYTES = 20 };
    int64_t rows = (box->north - box->south) / box->size + 1;
    int64_t columns = (box->east - box->west) / box->size + 1;
    char *places = arena_alloc(c->arena, (size_t)(rows * columns * TOKEN_BYTES + 1));
    char *at = places;
    for (int64_t i = 0; i < rows * columns; i++) {
        double lat =
            ((double)(box->south + i / columns * box->size) + 0.5) / SQUARES_DEGREE -
            90;
        double lng =
            ((double)(box->west + i % columns * box->size) + 0.5) / SQUARES_DEGREE -
            180;
        at += snprintf(at, TOKEN_BYTES, "%s%s", i == 0 ? "" : " OR ",
            near_token(c, lat, lng, w->levels[w->level].token));
    }
    return ctx_printf(
        c, "place : (%s) AND {title description equipment} : (%s)", places, w->match);
}

/* Only what lies in the square round a circle of MI: cheaper said here than found out
 * for each row. */
static void bind_square(struct query *q, const struct near_filter *f, double mi)
{
    const double radians = M_PI / 180, some_more = 1.001;
    double angle = fmin(90, mi / (SQUARES_CELL_MI * SQUARES_DEGREE));
    double across = sin(angle * radians) / cos(f->lat * radians);
    double north = angle * some_more;
    double east = across < 1 ? asin(across) / radians * some_more : 360;
    bind_real(q, "south", f->lat - north);
    bind_real(q, "north", f->lat + north);
    bind_real(q, "west", f->lng - east);
    bind_real(q, "east", f->lng + east);
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
    if (w->match != NULL)
        bind_text(q, "match", match_in(c, w, box));
    else
        bind_text(q, "ranges", ranges_json(c, box));
    bind_int(q, "equipment", (int64_t)f->equipment);
    bind_int(q, "max_rate_cents", f->max_rate.n > 0 ? f->max_rate.n : RATE_MAX_CENTS);
    bind_int(q, "length_min", f->length_min > 0 ? f->length_min : MINUTES_MAX);
    bind_square(q, f, w->look_mi < INFINITY ? up_to_mi : f->radius_mi);
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
        rows[(*n)++] = (struct near_kitchen) {
            .id = id,
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
    }
    qsort(rows, *n, sizeof *rows, nearest_first);
    *out = rows;
    return query_end(r);
}

/* ---- how densely they lie --------------------------------------------------------
 * What walks have found, by the square in which they began and by what they looked for.
 * It is a guess how wide the next first look should be, no more: a walk gives the same
 * kitchens whatever it begins with, in one look or in several. Two questions that share
 * a place guess badly for each other, which costs a look. */

enum { GUESSES = 1024 };
static struct guess {
    uint64_t question;
    double kitchens_per_mi2;
} guesses[GUESSES]; /* of this process */

static uint64_t mix(uint64_t h, uint64_t n)
{
    h = (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t question_of(const struct near_walk *w)
{
    const struct near_filter *f = &w->filter;
    uint64_t h = mix(w->first_wanted, (uint64_t)squares_square(f->lat, f->lng));
    h = mix(mix(h, f->equipment), (uint64_t)f->max_rate.n);
    h = mix(h, (uint64_t)f->length_min);
    for (const char *s = f->words; *s != '\0'; s++)
        h = mix(h, (unsigned char)*s);
    return h;
}

static void remember(const struct near_walk *w)
{
    uint64_t question = question_of(w);
    double circle_mi2 = M_PI * fmax(w->done_mi * w->done_mi, 1e-4);
    guesses[question % GUESSES] =
        (struct guess) { question, ((double)w->given + 0.5) / circle_mi2 };
}

/* ---- walking ----------------------------------------------------------------------
 */

/* Are so many squares to each side few enough for one look? Close to a pole it is many
 * squares to the east that make the same distance. */
static bool fits(const struct near_walk *w, int64_t reach)
{
    struct square_box box =
        squares_box(w->filter.lat, w->filter.lng, size_of(w), reach);
    return w->level == COARSE || (reach <= w->levels[w->level].reach_max &&
                                     (box.east - box.west) / size_of(w) < COLUMNS_MAX);
}

/* The next look goes so far, with squares of the size that it is now, or larger. */
static void look_so_far(struct near_walk *w, double mi)
{
    w->look_mi = fmin(mi, w->filter.radius_mi);
    while (!fits(w, squares_reach(size_of(w), w->look_mi)))
        w->level++;
    w->reach = squares_reach(size_of(w), w->look_mi);
}

/* The first look by what is remembered: a circle in which half as many again as are
 * wanted should lie. */
static void begin_by_guess(struct near_walk *w)
{
    uint64_t question = question_of(w);
    const struct guess *g = &guesses[question % GUESSES];
    if (g->question != question)
        return;
    w->level = w->match != NULL && g->kitchens_per_mi2 < rare_per_mi2 ? COARSE : FINE;
    look_so_far(w, sqrt(1.5 * (double)w->first_wanted / M_PI / g->kitchens_per_mi2));
}

/* The next circle: as wide as it takes to have WANTED more within it, if kitchens lie
 * as densely there and as many of them will do as so far. At least half as wide again,
 * so that a walk is a handful of looks, and at most ten times as wide, so that the
 * desert's edge does not swallow a town. */
static void grow(struct near_walk *w, size_t wanted)
{
    double taken = w->first_wanted > wanted ? (double)(w->first_wanted - wanted) : 0;
    double share = (taken + 1) / ((double)w->given + 1);
    double needed = (double)w->given + 1.3 * (double)wanted / share;
    double size_mi = (double)size_of(w) * SQUARES_CELL_MI;
    double least = (1.5 * (double)w->reach + 1) * size_mi;
    double mi = w->edge_mi * sqrt(needed / M_PI / ((double)w->seen + 0.5));
    if (w->match != NULL && w->seen < RARE)
        w->level = COARSE;
    look_so_far(w, fmax(least, fmin(10 * w->edge_mi, mi)));
}

/* A first look that had to stop before its end: the nearest may not be among what it
 * saw. */
static bool is_crowded(const struct near_walk *w, double close_mi)
{
    return w->done_mi < 0 && w->look_mi > close_mi && w->seen == most_of(w);
}

enum result near_next(struct ctx *c, struct near_walk *w, size_t wanted,
    struct near_kitchen **out, size_t *n)
{
    const struct near_filter *f = &w->filter;
    const struct first_look *first = w->match != NULL ? &words_first : &cells_first;
    *n = 0;
    *out = NULL;
    if (w->first_wanted == 0) {
        w->first_wanted = wanted;
        begin_by_guess(w);
    }
    while (!w->over && *n == 0) {
        if (w->done_mi >= 0)
            grow(w, wanted);
        struct square_box box = squares_box(f->lat, f->lng, size_of(w), w->reach);
        double inside_mi = fmin(w->look_mi, squares_inside_mi(&box, f->lat, f->lng));
        /* At the map's edges a box may have all of the radius and yet end before it. */
        bool last = w->reach >= squares_reach(size_of(w), f->radius_mi);
        double up_to_mi = last || inside_mi > f->radius_mi ? f->radius_mi : inside_mi;
        TRY(read_box(c, w, &box, up_to_mi, out, n));
        if (is_crowded(w, first->close_mi)) {
            *n = 0;
            w->level = FINE;
            look_so_far(w, first->close_mi);
            continue;
        }
        w->edge_mi = w->look_mi < INFINITY
                         ? 2 * up_to_mi
                         : (double)((2 * w->reach + 1) * size_of(w)) * SQUARES_CELL_MI;
        w->over = up_to_mi >= f->radius_mi;
        w->done_mi = up_to_mi;
        w->given += *n;
        remember(w);
    }
    return OK;
}
