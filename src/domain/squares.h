/* The map as numbered squares, so that "near" is a handful of ranges in an index.
 * The smallest, a cell, is 360/2^18 of a degree high and wide. Cells are numbered in
 * Morton order: the bits of row (counted from the south pole) and column (from the
 * 180th meridian) in turn, the column's lowest bit last. So four squares that make up a
 * larger one follow one another, and a square of any size 2^k cells is one range of
 * 4^k numbers. kitchens.cell holds the number.
 * Nothing here reaches across the 180th meridian. */
#ifndef DOMAIN_SQUARES_H
#define DOMAIN_SQUARES_H

#include <stddef.h>
#include <stdint.h>

/* The cell of a point; less than 2^35. */
int64_t squares_cell(double lat, double lng);

/* The height of a cell. */
#define SQUARES_CELL_MI 0.0948853

/* Rows south to north and columns west to east, all inclusive, counted in cells. */
struct square_box {
    int64_t south, north, west, east;
    int64_t size; /* a power of two: its edges lie on multiples of this */
};

/* The box of whole squares of SIZE round the one that holds
 * the point: REACH squares to north and south, and as many to east and west as
 * make about the same distance there. */
struct square_box squares_box(double lat, double lng, int64_t size, int64_t reach);

/* The smallest box of whole squares of SIZE that has everything within MI of the point.
 */
struct square_box squares_round(double lat, double lng, int64_t size, double mi);

/* So many squares of its size has a box: it is no more ranges than that, and about half
 * of it where there are more than a few. */
int64_t squares_count(const struct square_box *box);

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

/* The cells of a box as ranges, in order, at most MAX (a box that needs more is a bug).
 * Returns how many. */
size_t squares_ranges(const struct square_box *box, struct cell_range *out, size_t max);

#endif
