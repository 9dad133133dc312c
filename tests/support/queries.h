/* Which queries a program of tests has run: for tests/lint/ran.sh. */
#ifndef SUPPORT_QUERIES_H
#define SUPPORT_QUERIES_H

/* From here on this process and its children write the names of the queries that they
 * run to BUILDDIR/PROGRAM.queries, emptied first (only with --enable-debug). Without
 * BUILDDIR, as when run by hand, nothing is written. */
void queries_record(const char *program);

#endif
