# Sourced by run.sh: makes an account the way that a person does, and leaves its session
# in $cookie and the token of its forms in $csrf; and makes a booking with it. Wants $site,
# $data and $build.

jar=$data/bench/cookies
csrf_of() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }
page() { curl -sf -b "$jar" -c "$jar" "$site$1"; }
post() { # PATH FIELDS...
    path=$1
    shift
    curl -sf -o /dev/null -b "$jar" -c "$jar" --data-urlencode "csrf=$csrf" "$@" "$site$path"
}

become_vendor() {
    email=bench-$$@example.com
    rm -f "$jar"
    csrf=$(page /signup | csrf_of)
    post /signup --data-urlencode "email=$email" -d role=vendor -d full_name=Bench \
        -d 'password=copper+kettle+seven' -d accept_terms=1
    "$build/prep" --config "$data/prep.conf" jobs --once >>"$data/run/prep.log" 2>&1
    token=$(cat "$data"/mail/new/* | tr -d '=\r\n' | sed -n 's/.*token\(3D\)\{0,1\}\([A-Za-z0-9_-]\{43\}\).*/\2/p')
    csrf=$(page "/verify?token=$token" | csrf_of)
    post /verify -d "token=$token" # in the browser that signed up: logged in
    csrf=$(page /account | csrf_of)
    cookie=__Host-prep=$(awk '$6 == "__Host-prep" { print $7 }' "$jar")
}

send_booking() { # PATH DATE CURL'S OPTIONS...: what book.lua sends
    to=$1 on=$2
    shift 2
    curl -s -H "Cookie: $cookie" -d "csrf=$csrf&idempotency_key=bench-$$-$on&date=$on" \
        -d 'start=12:00&end=14:00&guest_count=1&purpose=bench' "$@" "$site$to"
}

# Books kitchen 1 on the first day of a week on which it can be. What it was answered with
# is the file bench/booked, without what nginx says of itself; $booked_bytes are its
# status and how long head and body are, $booked_on is the day.
book_once() {
    for days in 17 18 19 20 21 22 23; do
        booked_on=$(date -u -d "+$days days" +%F)
        booked_bytes=$(send_booking /listings/1/book "$booked_on" -D "$data/bench/head" \
            -o "$data/bench/body" -w '%{http_code} %{size_header} %{size_download}')
        case $booked_bytes in 303\ *) break ;; esac
    done
    case $booked_bytes in
    303\ *) ;;
    *) echo "bench: kitchen 1 cannot be booked: $booked_bytes" >&2; exit 1 ;;
    esac
    {
        printf 'Status: 303 See Other\r\n'
        grep -Evi '^(HTTP/|Server:|Date:|Connection:|Transfer-Encoding:)' "$data/bench/head"
        cat "$data/bench/body"
    } >"$data/bench/booked"
}
