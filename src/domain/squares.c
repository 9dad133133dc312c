#include "domain/squares.h"

#include <math.h>

#include "util/guard.h"

enum { ORDER = 18, COLUMNS = 1 << ORDER, ROWS = COLUMNS / 2 };

static const double per_degree = COLUMNS / 360.0; /* cells */
static const double mi_per_degree = SQUARES_CELL_MI * COLUMNS / 360.0;

static int64_t clamp(int64_t n, int64_t low, int64_t high)
{
    return n < low ? low : n > high ? high : n;
}

static int64_t row_of(double lat)
{
    return clamp((int64_t)floor((lat + 90) * per_degree), 0, ROWS - 1);
}

static int64_t column_of(double lng)
{
    return clamp((int64_t)floor((lng + 180) * per_degree), 0, COLUMNS - 1);
}

/* The bits of N with a zero before each. */
static int64_t spread(int64_t n)
{
    n = (n | n << 16) & 0x0000ffff0000ffff;
    n = (n | n << 8) & 0x00ff00ff00ff00ff;
    n = (n | n << 4) & 0x0f0f0f0f0f0f0f0f;
    n = (n | n << 2) & 0x3333333333333333;
    return (n | n << 1) & 0x5555555555555555;
}

static int64_t cell_at(int64_t row, int64_t column)
{
    return spread(row) << 1 | spread(column);
}

int64_t squares_cell(double lat, double lng)
{
    return cell_at(row_of(lat), column_of(lng));
}

/* How much narrower a degree to the east is than one to the north. */
static double narrowing(double lat)
{
    double c = cos(lat * M_PI / 180);
    return c < 0.05 ? 0.05 : c; /* close to a pole a box is wide enough anyway */
}

struct square_box squares_box(double lat, double lng, int64_t size, int64_t reach)
{
    int64_t row = row_of(lat) / size, column = column_of(lng) / size;
    int64_t sideways = (int64_t)ceil((double)reach / narrowing(lat));
    return (struct square_box) {
        .south = clamp((row - reach) * size, 0, ROWS - 1),
        .north = clamp((row + reach + 1) * size - 1, 0, ROWS - 1),
        .west = clamp((column - sideways) * size, 0, COLUMNS - 1),
        .east = clamp((column + sideways + 1) * size - 1, 0, COLUMNS - 1),
        .size = size,
    };
}

static const double radians = M_PI / 180, some_more = 1.001;

double squares_north(double mi)
{
    return fmin(90, mi / mi_per_degree) * some_more;
}

double squares_east(double lat, double mi)
{
    double across = sin(fmin(90, mi / mi_per_degree) * radians) / cos(lat * radians);
    return across < 1 ? asin(across) / radians * some_more : 360;
}

struct square_box squares_round(double lat, double lng, int64_t size, double mi)
{
    double north = squares_north(mi), east = squares_east(lat, mi);
    int64_t last_row = row_of(lat + north), last_column = column_of(lng + east);
    return (struct square_box) {
        .south = row_of(lat - north) / size * size,
        .north = last_row - last_row % size + size - 1,
        .west = column_of(lng - east) / size * size,
        .east = last_column - last_column % size + size - 1,
        .size = size,
    };
}

/* Miles from the point to a meridian so many degrees away. */
static double to_meridian_mi(double lat, double degrees)
{
    if (degrees > 90)
        degrees = 90;
    double s = sin(degrees * M_PI / 180) * cos(lat * M_PI / 180);
    return asin(s) * 180 / M_PI * mi_per_degree;
}

double squares_inside_mi(const struct square_box *box, double lat, double lng)
{
    double y = lat + 90, x = lng + 180, inside = INFINITY;
    if (box->south > 0)
        inside = fmin(inside, (y - (double)box->south / per_degree) * mi_per_degree);
    if (box->north < ROWS - 1)
        inside =
            fmin(inside, ((double)(box->north + 1) / per_degree - y) * mi_per_degree);
    if (box->west > 0)
        inside = fmin(inside, to_meridian_mi(lat, x - (double)box->west / per_degree));
    if (box->east < COLUMNS - 1)
        inside =
            fmin(inside, to_meridian_mi(lat, (double)(box->east + 1) / per_degree - x));
    return inside < 0 ? 0 : inside;
}

int64_t squares_reach(int64_t size, double radius_mi)
{
    /* A little more, for what a box loses by the roundness of the earth. */
    return (int64_t)ceil(1.02 * radius_mi / SQUARES_CELL_MI / (double)size);
}

int64_t squares_count(const struct square_box *box)
{
    return (box->north - box->south + 1) / box->size *
           ((box->east - box->west + 1) / box->size);
}

struct cover {
    const struct square_box *box;
    struct cell_range *out;
    size_t n, max;
};

static void add(struct cover *cover, int64_t first, int64_t last)
{
    if (cover->n > 0 && cover->out[cover->n - 1].last == first - 1) {
        cover->out[cover->n - 1].last = last;
        return;
    }
    CHECK(cover->n < cover->max);
    cover->out[cover->n++] = (struct cell_range) { first, last };
}

/* What the square of SIZE at ROW and COLUMN has of the box: all, nothing, or what its
 * quarters have, in their order. */
static void descend(struct cover *cover, int64_t row, int64_t column, int64_t size)
{
    const struct square_box *box = cover->box;
    int64_t north = row + size - 1, east = column + size - 1;
    if (row > box->north || north < box->south || column > box->east ||
        east < box->west)
        return;
    if (row >= box->south && north <= box->north && column >= box->west &&
        east <= box->east) {
        int64_t first = cell_at(row, column);
        add(cover, first, first + size * size - 1);
        return;
    }
    int64_t half = size / 2;
    descend(cover, row, column, half);
    descend(cover, row, column + half, half);
    descend(cover, row + half, column, half);
    descend(cover, row + half, column + half, half);
}

size_t squares_ranges(const struct square_box *box, struct cell_range *out, size_t max)
{
    struct cover cover = { box, out, 0, max };
    descend(&cover, 0, 0, COLUMNS);
    return cover.n;
}
