#include "domain/squares.h"

#include <math.h>

#include "util/guard.h"

enum { DEGREE = SQUARES_DEGREE, ROWS = 180 * DEGREE, COLUMNS = 360 * DEGREE };

static const double mi_per_degree = SQUARES_CELL_MI * DEGREE;

static int64_t clamp(int64_t n, int64_t low, int64_t high)
{
    return n < low ? low : n > high ? high : n;
}

static int64_t row_of(double lat)
{
    return clamp((int64_t)floor((lat + 90) * DEGREE), 0, ROWS - 1);
}

static int64_t column_of(double lng)
{
    return clamp((int64_t)floor((lng + 180) * DEGREE), 0, COLUMNS - 1);
}

int64_t squares_cell_at(int64_t row, int64_t column)
{
    int64_t square = row / 100 * (COLUMNS / 100) + column / 100;
    int64_t part = row / 10 % 10 * 10 + column / 10 % 10;
    return (square * 100 + part) * 100 + row % 10 * 10 + column % 10;
}

int64_t squares_cell(double lat, double lng)
{
    return squares_cell_at(row_of(lat), column_of(lng));
}

int64_t squares_square(double lat, double lng)
{
    return squares_cell(lat, lng) / 10000;
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
        inside = fmin(inside, (y - (double)box->south / DEGREE) * mi_per_degree);
    if (box->north < ROWS - 1)
        inside = fmin(inside, ((double)(box->north + 1) / DEGREE - y) * mi_per_degree);
    if (box->west > 0)
        inside = fmin(inside, to_meridian_mi(lat, x - (double)box->west / DEGREE));
    if (box->east < COLUMNS - 1)
        inside =
            fmin(inside, to_meridian_mi(lat, (double)(box->east + 1) / DEGREE - x));
    return inside < 0 ? 0 : inside;
}

int64_t squares_reach(int64_t size, double radius_mi)
{
    /* A little more, for what a box loses by the roundness of the earth. */
    return (int64_t)ceil(1.02 * radius_mi / mi_per_degree * DEGREE / (double)size);
}

size_t squares_ranges(const struct square_box *box, struct cell_range *out, size_t max)
{
    size_t n = 0;
    CHECK(box->size <= SQUARES_SQUARE);
    /* A row of squares is one range; a row of anything finer breaks where the next
     * larger one ends. */
    int64_t run = box->size == SQUARES_SQUARE ? COLUMNS : 10 * box->size;
    for (int64_t row = box->south; row <= box->north; row += box->size) {
        for (int64_t column = box->west; column <= box->east;) {
            int64_t last = column - column % run + run - 1;
            last = last < box->east ? last : box->east;
            CHECK(n < max);
            out[n++] = (struct cell_range) { squares_cell_at(row, column),
                squares_cell_at(row + box->size - 1, last) };
            column = last + 1;
        }
    }
    return n;
}

size_t squares_ranges_most(const struct square_box *box)
{
    int64_t rows = (box->north - box->south + 1) / box->size;
    int64_t columns = (box->east - box->west + 1) / box->size;
    int64_t runs = box->size == SQUARES_SQUARE ? 1 : (columns + 18) / 10;
    return (size_t)(rows * runs);
}
