#!/bin/sh
# Each query is run by some test: names those that neither prep-unit nor prep-page ran.
# Both leave the names in PROGRAM.queries (tests/support/queries.h).
set -eu
export LC_ALL=C
grep -q '^#define PREP_DEBUG 1' "$BUILDDIR/config.h" || exit 77 # nobody took notes

missing=$(
    cd "$SRCDIR" && awk '
        FILENAME ~ /[.]queries$/ { ran[$1]; next }
        /^-- query: / && !($3 in ran) { print FILENAME ":" FNR ": no test runs " $3 }
    ' "$BUILDDIR"/prep-unit.queries "$BUILDDIR"/prep-page.queries sql/*.sql
)
[ -z "$missing" ] || { echo "$missing"; exit 1; }
