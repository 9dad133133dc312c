# awk -f build-aux/floors.awk src/FLOORS src/*/*.[ch]
# Prints each #include that goes upward: FILE:LINE: reason. src/FLOORS comes first.
function fail(text) {
    printf "%s:%d: %s\n", FILENAME, FNR, text
    failed = 1
}

FILENAME ~ /FLOORS$/ {
    sub(/#.*/, "")
    if (NF == 0)
        next
    if ($1 == "order") {
        ordered[$2] = 1
        for (i = 4; i <= NF; i++)
            place[$2, $i] = ++places
        next
    }
    floors[++count] = $1
    known[$1] = 1
    for (i = 3; i <= NF; i++) {
        if ($i == "*") {
            for (k = 1; k < count; k++)
                may[$1, floors[k]] = 1
        } else if ($i in known) {
            may[$1, $i] = 1
        } else {
            fail("floor " $1 " names " $i ", which is not below it")
        }
    }
    next
}

FNR == 1 {
    split(FILENAME, part, "/")
    floor = part[2]
    module = part[3]
    sub(/\.[ch]$/, "", module)
    if (!(floor in known))
        fail("src/FLOORS does not name the folder " floor)
    if ((floor in ordered) && !((floor, module) in place))
        fail("src/FLOORS gives " module " no place in the order of " floor)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    target = $0
    sub(/^[^"]*"/, "", target)
    sub(/".*/, "", target)
    if (target == "config.h")
        next
    if (target !~ /\// || target ~ /\.\./) {
        fail("name \"" target "\" by its path from src/")
        next
    }
    split(target, to, "/")
    other = to[2]
    sub(/\.h$/, "", other)
    if (to[1] != floor) {
        if (!((floor, to[1]) in may))
            fail(floor " may not use " to[1] " (\"" target "\")")
    } else if ((floor in ordered) && other != module) {
        if (!((floor, other) in place))
            fail("src/FLOORS gives " other " no place in the order of " floor)
        else if (place[floor, other] > place[floor, module])
            fail(module " comes before " other " in the order of " floor)
    }
}

END { exit failed }
