#!/bin/sh
# The judges of prep-stripe: tests/judge/run.sh BUILDDIR. Needs node 20 and npm;
# the browser's part needs chromium. JUDGE_TESTS names some files instead of all.
set -eu
build=$(cd "${1:?usage: run.sh BUILDDIR}" && pwd)
cd "$(dirname "$0")"
here=$(pwd)
work=$(mktemp -d)
pid=
finish() {
    status=$?
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || :
        # A sanitizer speaks at the end.
        wait "$pid" || { status=1; cat "$work/err" >&2; }
    fi
    rm -rf "$work"
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --no-progress >"$work/npm" 2>&1 || { cat "$work/npm" >&2; exit 1; }
    cp package-lock.json node_modules/.installed
fi

: >"$work/out"
"$build/prep-stripe" --port 0 --data "$work/sandbox.db" --fast --files "$here/../../sandbox" \
    --record "$work/record" \
    >"$work/out" 2>"$work/err" &
pid=$!
i=0
until grep -q '^prep-stripe: ' "$work/out"; do
    i=$((i + 1))
    if [ $i -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then
        cat "$work/err" >&2
        exit 1
    fi
    sleep 0.1
done
SANDBOX_URL=$(sed -n 's/^prep-stripe: //p' "$work/out")
SANDBOX_SUBSET=$here/../../sandbox/stripe-subset.json
SANDBOX_PROGRAM=$build/prep-stripe
export SANDBOX_URL SANDBOX_SUBSET SANDBOX_PROGRAM
node --test --test-concurrency=1 --test-reporter=spec ${JUDGE_TESTS:-"$here"/*.test.mjs}
[ -n "${JUDGE_TESTS:-}" ] || node covered.mjs "$work/record"
