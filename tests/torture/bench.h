/* How many people get from the booking form to a confirmed booking in a second, with
 * one to eight processes that book: a table on standard output. For ./dev bench. */
#ifndef TORTURE_BENCH_H
#define TORTURE_BENCH_H

/* The exit status. */
int bench_run(void);

#endif
