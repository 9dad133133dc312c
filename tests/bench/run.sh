#!/bin/sh
# tests/bench/run.sh BUILD DATA PORT: measures pages beside a fixed answer of the same
# size through the same nginx, in turn, and prints ratios. The stack runs already
# (./dev bench starts it). ROUNDS and SECONDS_EACH may be set.
set -eu
build=$1 data=$2 port=$3
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-3}
site=http://127.0.0.1:$port

# NAME PATH, one a line.
pages="${PAGES:-terms /terms
home /
search /search?where=Austin%2C+TX&date=$(date -u -d '+3 days' +%F)&start=10:00&hours=4
kitchen /listings/1
}"

hit() { # URL: "rate p50 p95 failed"
    wrk -t1 -c8 -d"${seconds}s" -s "$here/report.lua" "$1" | sed -n 's/^RESULT //p'
}

# Each page is fetched once; its bytes are what the fixed server answers with.
i=0
mkdir -p "$data/bench"
echo "$pages" >"$data/bench/pages"
while read -r name path; do
    [ -n "$name" ] || continue
    url=$(curl -sfL -o "$data/bench/$name.html" -w '%{url_effective}' "$site$path") ||
        { echo "bench: $site$path failed" >&2; exit 1; }
    echo "$name ${url#"$site"}" # where a redirect led
done <"$data/bench/pages" >"$data/bench/found"
workers=$(sed -n 's/^web_workers = //p' "$data/prep.conf")
echo ok >"$data/bench/ok" # what a webhook is answered with; the first after the pages
webhook_at=/fixed/$(wc -l <"$data/bench/found")
booked_at=/fixed/$(($(wc -l <"$data/bench/found") + 1)) # what a booking is answered with
: >"$data/bench/booked"
if [ -n "${KITCHENS:-}" ]; then
    . "$here/vendor.sh"
    become_vendor
    book_once
fi
# shellcheck disable=SC2086
"$build/prep-fixed" "$data/run/fixed.sock" "${workers:-2}" $(sed "s|^\([a-z]*\) .*|$data/bench/\1.html|" "$data/bench/found") "$data/bench/ok" "$data/bench/booked" >"$data/run/fixed.log" &
fixed=$!
trap 'kill $fixed 2>/dev/null' EXIT
until grep -qs ready "$data/run/fixed.log"; do sleep 0.1; done

printf '%-10s %8s %10s %8s %8s %10s %8s %8s %7s\n' page bytes 'page r/s' p50 p95 'fixed r/s' p50 p95 ratio
while read -r name path; do
    [ -n "$name" ] || continue
    : >"$data/bench/$name.out"
    round=0
    while [ $round -lt "$rounds" ]; do
        echo "$(hit "$site$path") $(hit "$site/fixed/$i")" >>"$data/bench/$name.out"
        round=$((round + 1))
    done
    # The median round by its ratio; a round with failures is said.
    awk '{ print $1 / $5, $0 }' "$data/bench/$name.out" | sort -n | awk -v name="$name" \
        -v bytes="$(wc -c <"$data/bench/$name.html")" '
        { row[NR] = $0; failed += $5 + $9 }
        END {
            split(row[int((NR + 1) / 2)], f, " ")
            printf "%-10s %8d %10d %8.2f %8.2f %10d %8.2f %8.2f %7.2f%s\n", name, bytes, f[2], f[3], f[4],
                f[6], f[7], f[8], f[1], failed ? "  (" failed " failed)" : ""
        }'
    i=$((i + 1))
done <"$data/bench/found"

# ---- booking: a write, synchronous=FULL, one worker; beside the same answer, fixed, to
# the same posts
[ -n "${KITCHENS:-}" ] || exit 0
fixed_bytes=$(send_booking "$booked_at" "$booked_on" -o /dev/null -w '%{http_code} %{size_header} %{size_download}')
[ "$fixed_bytes" = "$booked_bytes" ] ||
    { echo "bench: a booking's answer is $booked_bytes, the fixed one $fixed_bytes" >&2; exit 1; }
DAYS=$(for d in 10 11 12 13 14 15 16; do date -u -d "+$d days" +%F; done | tr '\n' ' ')
export COOKIE="$cookie" CSRF="$csrf" KITCHENS DAYS WHERE
round=0
: >"$data/bench/book.out"
while [ $round -lt "$rounds" ]; do
    FIRST=$((round * 1000000))
    export FIRST
    set --
    for WHERE in '/listings/%d/book' "$booked_at"; do
        set -- "$@" $(wrk -t1 -c8 -d"${seconds}s" -s "$here/book.lua" "$site" | sed -n 's/^RESULT //p')
    done
    echo "$@" >>"$data/bench/book.out"
    round=$((round + 1))
done
awk '{ print $1 / $5, $0 }' "$data/bench/book.out" | sort -n | awk -v bytes="$(wc -c <"$data/bench/booked")" '
    { row[NR] = $0; failed += $5 }
    END {
        split(row[int((NR + 1) / 2)], f, " ")
        printf "%-10s %8d %10d %8.2f %8.2f %10d %8.2f %8.2f %7.3f  (%d closed or taken then)\n", "book", bytes,
            f[2], f[3], f[4], f[6], f[7], f[8], f[1], failed
    }'

# ---- webhooks: a signature, a JSON tree, a row; beside a fixed answer to the same posts
export SIGNED="$data/bench/signed" WHERE
round=0
: >"$data/bench/webhook.out"
while [ $round -lt "$rounds" ]; do
    # New events each time, and more of them than can be delivered.
    "$build/prep-signed" "${WEBHOOKS:-40000}" "$data/secrets/webhook" >"$SIGNED"
    set --
    for WHERE in /stripe/webhook "$webhook_at"; do
        set -- "$@" $(wrk -t1 -c8 -d"${seconds}s" -s "$here/webhooks.lua" "$site" | sed -n 's/^RESULT //p')
    done
    echo "$@" >>"$data/bench/webhook.out"
    round=$((round + 1))
done
rm -f "$SIGNED"
awk '{ print $1 / $6, $0 }' "$data/bench/webhook.out" | sort -n | awk '
    { row[NR] = $0; failed += $5 }
    END {
        split(row[int((NR + 1) / 2)], f, " ")
        printf "%-10s %8s %10d %8.2f %8.2f %10d %8.2f %8.2f %7.3f  (%d refused)\n", "webhook", "-",
            f[2], f[3], f[4], f[7], f[8], f[9], f[1], failed
    }'

# ---- from the booking form to the confirmed booking, with more and more workers of the
# pools book and slow, as many of one as of the other
SRCDIR=$here/../.. BUILDDIR=$build "$build/prep-torture" bench

# ---- search while eight clients try passwords without pause ----------------------
search=$(sed -n 's/^search //p' "$data/bench/found")
rm -f "$jar"
csrf=$(page /login | csrf_of)
browser=__Host-browser=$(awk '$6 == "__Host-browser" { print $7 }' "$jar")
cat >"$data/bench/login.lua" <<END
-- Another address each time, so that no throttle ends the flood early.
local n = 0
wrk.method = "POST"
wrk.headers["Cookie"] = "$browser"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
function request()
    n = n + 1
    return wrk.format(nil, "/login", nil,
        string.format("csrf=$csrf&email=flood%d%%40example.com&password=wrong+password&next=", n))
end
END
round=0
: >"$data/bench/flood.out"
while [ $round -lt "$rounds" ]; do
    quiet=$(hit "$site$search")
    wrk -t1 -c8 -d"$((seconds + 2))s" -s "$data/bench/login.lua" "$site" >/dev/null &
    flood=$!
    sleep 1
    echo "$(hit "$site$search") $quiet" >>"$data/bench/flood.out"
    wait $flood
    round=$((round + 1))
done
awk '{ print $1 / $5, $0 }' "$data/bench/flood.out" | sort -n | awk '
    { row[NR] = $0 }
    END {
        split(row[int((NR + 1) / 2)], f, " ")
        printf "search under a login flood: %d r/s beside %d without, ratio %.2f\n", f[2], f[6], f[1]
    }'
