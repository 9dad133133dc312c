# awk -f build-aux/queries.awk sql/*.sql src/*/*.c
# Prints each named query that nothing in src runs: FILE:LINE: reason.
FILENAME ~ /\.sql$/ {
    if ($1 == "--" && $2 == "query:") {
        name = "Q_" toupper($3)
        place[name] = FILENAME ":" FNR
        names[++count] = name
    }
    next
}
{
    rest = $0
    while (match(rest, /Q_[A-Z0-9_]+/)) {
        used[substr(rest, RSTART, RLENGTH)] = 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}
END {
    for (i = 1; i <= count; i++)
        if (!(names[i] in used)) {
            printf "%s: nothing runs %s (unused)\n", place[names[i]], names[i]
            failed = 1
        }
    exit failed
}
