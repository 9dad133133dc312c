/* The map as numbered squares, so that "near" is a handful of ranges in an index.
 * A square of 0.1 degree has the number row * 3600 + column, counted from the
 * south pole and the 180th meridian. It has 100 parts of 0.01 degree, and these 100
 * cells of 0.001 degree each, numbered row by row: a cell's number is
 * (square * 100 + part) * 100 + its place in the part. kitchens.cell holds it. A
 * square or a part is then one range of cells, neighbours in a row are one range
 * together, and a look can be as fine as kitchens are dense.
 * Nothing here reaches across the 180th meridian. */
#ifndef DOMAIN_SQUARES_H
#define DOMAIN_SQUARES_H

#include <stddef.h>
#include <stdint.h>

int64_t squares_cell(double lat, double lng);

int64_t squares_cell_at(int64_t row, int64_t column);

/* The number of the 0.1 degree square of a point. */
int64_t squares_square(double lat, double lng);

/* Sizes of squares, in cells of 0.001 degree. */
enum {
    SQUARES_CELL = 1,
    SQUARES_PART = 10,
    SQUARES_SQUARE = 100,
    SQUARES_DEGREE = 1000
};

/* So many numbers has a row of squares, all round the earth. */
enum { SQUARES_BAND = 3600 * 10000 };

/* The height of a cell. */
#define SQUARES_CELL_MI 0.0690934

/* Rows south to north and columns west to east, all inclusive, counted in cells. */
struct square_box {
    int64_t south, north, west, east;
    int64_t size; /* its edges lie on multiples of this */
};

/* The box of whole squares of SIZE round the one that holds
 * the point: REACH squares to north and south, and as many to east and west as
 * make about the same distance there. */
struct square_box squares_box(double lat, double lng, int64_t size, int64_t reach);

/* The smallest box of whole squares of SIZE that has everything within MI of the point.
 */
struct square_box squares_round(double lat, double lng, int64_t size, double mi);

/* So many degrees to the north, and to the east at most, go MI; a little more, for
 * the roundness of numbers. */
double squares_north(double mi);
double squares_east(double lat, double mi);

/* Everything within so many miles of the point lies inside the box. */
double squares_inside_mi(const struct square_box *box, double lat, double lng);

/* The reach from which a box of SIZE has all within RADIUS_MI inside it. */
int64_t squares_reach(int64_t size, double radius_mi);

/* A run of cell numbers, both ends included. */
struct cell_range {
    int64_t first, last;
};

/* The cells of a box, of any size up to SQUARES_SQUARE, as ranges, at most MAX (a box
 * that needs more is a bug). Returns how many. */
size_t squares_ranges(const struct square_box *box, struct cell_range *out, size_t max);

/* So many ranges has a box at most. */
size_t squares_ranges_most(const struct square_box *box);

#endif
