# Sourced by run.sh: makes an account the way that a person does, and leaves its session
# in $cookie and the token of its forms in $csrf. Wants $site, $data and $build.

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
    post /verify -d "token=$token"
    csrf=$(page /login | csrf_of)
    post /login --data-urlencode "email=$email" -d 'password=copper+kettle+seven'
    csrf=$(page /account | csrf_of)
    cookie=__Host-prep=$(awk '$6 == "__Host-prep" { print $7 }' "$jar")
}
