#!/bin/sh
# The journey in a browser: tests/e2e/run.sh BUILDDIR. Needs node 20, npm, chromium and
# nginx. E2E_TESTS names some files instead of all; screenshots arrive in out/.
set -eu
E2E_BUILD=$(cd "${1:?usage: run.sh BUILDDIR}" && pwd)
export E2E_BUILD
cd "$(dirname "$0")"
if [ ! -d node_modules/html-validate ]; then
    said=$(npm ci --no-audit --no-fund --no-progress 2>&1) || { echo "$said" >&2; exit 1; }
fi
mkdir -p out
# The long ones first, so that the two lanes end together; two of them mostly wait.
long="pages.test.mjs money.test.mjs late.test.mjs tidy.test.mjs journey.test.mjs"
for name in *.test.mjs; do
    case " $long " in *" $name "*) ;; *) long="$long $name" ;; esac
done
exec node --test --test-concurrency=2 --test-reporter=spec ${E2E_TESTS:-$long}
