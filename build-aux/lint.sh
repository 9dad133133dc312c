#!/bin/sh
# Everything that can be said about the sources without building them. Prints
# FILE:LINE: reason (rule) and fails if there is anything to say. Exceptions, with
# their reasons, stand in lint.allow.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
awk=${AWK:-awk}
allow=build-aux/lint.allow
failed=0

sources() {
    find "$@" -name node_modules -prune -o -name '*.[ch]' -print | sort
}

$awk -f build-aux/floors.awk src/FLOORS $(sources src) || failed=1
$awk -f build-aux/banned.awk $allow $(sources src sandbox tests) || failed=1
$awk -f build-aux/templates.awk $allow $(find templates -name '*.mustache' | sort) || failed=1
$awk -f build-aux/queries.awk sql/*.sql $(sources src) || failed=1
$awk -f build-aux/settings.awk $(sources src) || failed=1
build-aux/files.sh -n || failed=1

# An exception for a file that has gone is an exception too many.
while read -r rule file why; do
    case $rule in '' | '#'*) continue ;; esac
    if [ ! -e "$file" ] || [ -z "$why" ]; then
        echo "$allow: $rule $file: no such file, or no reason given (allow)"
        failed=1
    fi
done < $allow
exit $failed
