#!/bin/sh
# Writes files.mk: the lists of files that Makefile.am builds and ships, one name
# a line, sorted. Run by ./bootstrap; run it again after a file came or went. The
# list is not kept in git. With -n it only says whether the list is as it should be.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

new=$(mktemp)
trap 'rm -f "$new"' EXIT

list() { # NAME FIND-ARGUMENTS...
    name=$1
    shift
    printf '%s =' "$name"
    find "$@" -type f -print 2>/dev/null | sort | while read -r f; do printf ' \\\n\t%s' "$f"; done
    printf '\n\n'
}

{
    printf '# Written by build-aux/files.sh; do not edit.\n\n'
    list LIB_FILES src -path src/main -prune -o -name '*.[ch]'
    list MAIN_FILES src/main -name '*.[ch]' ! -name 'media.c'
    list SANDBOX_FILES sandbox -name '*.[ch]'
    list UNIT_FILES tests/unit -name '*.[ch]'
    list PAGE_FILES tests/page -name '*.[ch]'
    list HTTP_FILES tests/http -name '*.[ch]'
    list TORTURE_FILES tests/torture -name '*.[ch]'
    list LINT_FILES tests/lint -name '*.[ch]'
    list BENCH_FILES tests/bench -name '*.[ch]'
    list FUZZ_FILES tests/fuzz -maxdepth 1 -name '*.c'
    list SUPPORT_FILES tests/support -name '*.[ch]'
    list SCHEMA_FILES sql/schema -name '*.sql'
    list QUERY_FILES sql -maxdepth 1 -name '*.sql'
    list TEMPLATE_FILES templates -name '*.mustache'
    list STATIC_FILES static data
    list OTHER_FILES build-aux contrib tests sandbox -name node_modules -prune -o \
        ! -name '*.[ch]' ! -path 'build-aux/m4/*' ! -path 'tests/e2e/out/*' \
        ! -name compile ! -name depcomp ! -name install-sh ! -name missing \
        ! -name test-driver ! -name 'config.*' ! -name ar-lib
} > "$new"
if cmp -s "$new" files.mk; then
    exit 0
elif [ "${1:-}" = -n ]; then
    echo "files.mk: not in step with the tree: run build-aux/files.sh (files)"
    exit 1
fi
cat "$new" > files.mk
