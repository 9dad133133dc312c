#!/bin/sh
# run.sh SECONDS [NAME...]: runs each fuzzer of the build in the current folder
# (configure --enable-fuzzers CC=clang && make) for that long over its corpus.
# The corpus is copied, not written to; what breaks a fuzzer stays in fuzz-out/.
set -eu
seconds=${1:?usage: run.sh SECONDS [NAME...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
    for source in "$here"/*.c; do set -- "$@" "$(basename "$source" .c)"; done
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p fuzz-out
failed=0
for name; do
    mkdir "$work/$name"
    [ ! -d "$here/corpus/$name" ] || cp -R "$here/corpus/$name/." "$work/$name"
    if ! ./fuzz-"$name" -max_total_time="$seconds" -max_len=16384 -timeout=5 -rss_limit_mb=1024 \
        -artifact_prefix="fuzz-out/$name-" "$work/$name" > "fuzz-out/$name.log" 2>&1; then
        echo "fuzz-$name: FAILED, see fuzz-out/$name.log"
        failed=1
        continue
    fi
    echo "fuzz-$name: $(grep -a '^Done ' "fuzz-out/$name.log")"
done
exit $failed
