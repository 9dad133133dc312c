#include "domain/near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/places.h"
#include "domain/squares.h"

enum { CELL = 1, SQUARE = 10, DEGREE = 100 }; /* sizes of boxes, in cells */
enum {
    RANGES_MAX = 96,
    WORDS_MAX = 8,
    RATE_MAX_CENTS = 100000000,
    MINUTES_MAX = 1 << 30
};
enum { FIRST_CELLS_REACH = 1, CELLS_REACH_MAX = 8, FIRST_SQUARES_REACH = 1 };

static const char *near_token(struct ctx *c, double lat, double lng, bool degree)
{
    return ctx_printf(c, "%c%lld", degree ? 'd' : 's',
        (long long)(degree ? squares_degree(lat, lng) : squares_square(lat, lng)));
}

const char *near_place_tokens(struct ctx *c, double lat, double lng)
{
    return ctx_printf(
        c, "%s %s", near_token(c, lat, lng, false), near_token(c, lat, lng, true));
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
    *out = (struct near_walk) {
        .filter = *filter, .size = CELL, .reach = FIRST_CELLS_REACH, .done_mi = -1
    };
    if (*filter->words == '\0')
        return OK;
    out->match = quoted_words(c, filter->words);
    out->size = SQUARE;
    out->reach = FIRST_SQUARES_REACH;
    if (out->match == NULL)
        return fail(c, R_INVALID,
            "Give a word to look for, like \"smoker\" or \"loading dock\".");
    return OK;
}

/* ---- reading a box ----------------------------------------------------------------
 */

static const char *ranges_json(struct ctx *c, const struct square_box *box)
{
    struct cell_range ranges[RANGES_MAX];
    size_t n = squares_ranges(box, ranges, RANGES_MAX);
    char *out = arena_alloc(c->arena, n * 21 + 2), *at = out;
    for (size_t i = 0; i < n; i++) {
        *at++ = i == 0 ? '[' : ',';
        int64_t packed = ranges[i].first << 20 | (ranges[i].last - ranges[i].first);
        char digits[20];
        size_t k = sizeof digits;
        do
            digits[--k] = (char)('0' + packed % 10);
        while ((packed /= 10) > 0);
        memcpy(at, digits + k, sizeof digits - k);
        at += sizeof digits - k;
    }
    *at = ']';
    return out;
}

/* The words within the box: `place : (s1 OR s2) AND {title ...} : ("a" "b")`. */
static const char *match_in(
    struct ctx *c, const struct square_box *box, const char *words)
{
    enum { TOKEN_BYTES = 20 };
    int64_t rows = (box->north - box->south) / box->size + 1;
    int64_t columns = (box->east - box->west) / box->size + 1;
    char *places = arena_alloc(c->arena, (size_t)(rows * columns * TOKEN_BYTES + 1));
    char *at = places;
    for (int64_t i = 0; i < rows * columns; i++) {
        double lat =
            ((double)(box->south + i / columns * box->size) + 0.5) / DEGREE - 90;
        double lng =
            ((double)(box->west + i % columns * box->size) + 0.5) / DEGREE - 180;
        at += snprintf(at, TOKEN_BYTES, "%s%s", i == 0 ? "" : " OR ",
            near_token(c, lat, lng, box->size == DEGREE));
    }
    return ctx_printf(
        c, "place : (%s) AND {title description equipment} : (%s)", places, words);
}

static struct query *query_of(
    struct ctx *c, const struct near_walk *w, const struct square_box *box)
{
    const struct near_filter *f = &w->filter;
    struct query *q = db_query(c->db, w->match != NULL ? Q_NEAR_TEXT : Q_NEAR_CELLS);
    if (w->match != NULL)
        bind_text(q, "match", match_in(c, box, w->match));
    else
        bind_text(q, "ranges", ranges_json(c, box));
    bind_int(q, "equipment", (int64_t)f->equipment);
    bind_int(q, "max_rate_cents", f->max_rate.n > 0 ? f->max_rate.n : RATE_MAX_CENTS);
    bind_int(q, "length_min", f->length_min > 0 ? f->length_min : MINUTES_MAX);
    bind_int(q, "max", NEAR_MAX);
    return q;
}

static int nearest_first(const void *a, const void *b)
{
    const struct near_kitchen *x = a, *y = b;
    if (x->distance_mi != y->distance_mi)
        return x->distance_mi < y->distance_mi ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Kitchens of the box between what is done and UP_TO_MI; SEEN counts those within
 * the box whatever their distance. */
static enum result read_box(struct ctx *c, const struct near_walk *w,
    const struct square_box *box, double up_to_mi, struct near_kitchen **out, size_t *n,
    size_t *seen)
{
    const struct near_filter *f = &w->filter;
    struct query *q = query_of(c, w, box);
    size_t room = 64;
    struct near_kitchen *rows = arena_array(c->arena, room, sizeof *rows);
    enum result r;
    *n = *seen = 0;
    for (QUERY_EACH(q, r)) {
        int64_t id = col_int(q, "id");
        double lat = col_real(q, "lat"), lng = col_real(q, "lng");
        double distance_mi = places_distance_mi(f->lat, f->lng, lat, lng);
        ++*seen;
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

/* ---- walking ----------------------------------------------------------------------
 */

/* The box after one that held SEEN kitchens: as wide as it takes to find WANTED more
 * if kitchens lie as densely there and as many of them will do as so far; at least
 * twice as wide, so that a walk is a handful of boxes, and at most ten times, so
 * that the desert's edge does not swallow a town. */
static void grow(struct near_walk *w, size_t wanted, size_t seen)
{
    if (w->match != NULL) {
        w->size = DEGREE;
        w->reach = squares_reach(DEGREE, w->filter.radius_mi);
        return;
    }
    double taken = w->first_wanted > wanted ? (double)(w->first_wanted - wanted) : 0;
    double share = (taken + 1) / ((double)w->given + 1);
    double factor = sqrt(1 + 1.5 * (double)wanted / share / ((double)seen + 0.5));
    double cells = (double)((2 * w->reach + 1) * w->size) * fmin(10, fmax(2, factor));
    int64_t most = squares_reach(SQUARE, w->filter.radius_mi);
    if (w->size == CELL && cells <= 2 * CELLS_REACH_MAX + 1) {
        w->reach = (int64_t)ceil((cells - 1) / 2);
        return;
    }
    w->size = SQUARE;
    w->reach = (int64_t)ceil((cells / SQUARE - 1) / 2);
    if (w->reach > most)
        w->reach = most;
}

/* Nothing of the radius can lie outside a box of this reach. */
static bool is_last(const struct near_walk *w)
{
    return w->size != CELL && w->reach >= squares_reach(w->size, w->filter.radius_mi);
}

enum result near_next(struct ctx *c, struct near_walk *w, size_t wanted,
    struct near_kitchen **out, size_t *n)
{
    const struct near_filter *f = &w->filter;
    *n = 0;
    *out = NULL;
    if (w->first_wanted == 0)
        w->first_wanted = wanted;
    while (!w->over && *n == 0) {
        size_t seen;
        struct square_box box = squares_box(f->lat, f->lng, w->size, w->reach);
        double up_to_mi = fmin(squares_inside_mi(&box, f->lat, f->lng), f->radius_mi);
        w->over = up_to_mi >= f->radius_mi || is_last(w);
        if (w->over)
            up_to_mi = f->radius_mi;
        TRY(read_box(c, w, &box, up_to_mi, out, n, &seen));
        w->done_mi = up_to_mi;
        w->given += *n;
        grow(w, wanted, seen);
    }
    return OK;
}
