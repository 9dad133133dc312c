# awk -f build-aux/settings.awk src/util/conf.c src/*/*.c
# Prints each setting of the table that nothing reads: FILE:LINE: reason. The table's own
# file reads those that name a file, as c->NAME; all others read conf.NAME or conf->NAME.
FILENAME ~ /util\/conf\.c$/ && match($0, /^    [A-Z]\([a-z_]+,/) {
    name = substr($0, 7, RLENGTH - 7)
    place[name] = FILENAME ":" FNR
    names[++count] = name
    next
}
{
    own = FILENAME ~ /util\/conf\.c$/
    reads = own ? "c->[a-z_]+ *[^a-z_ ]" : "conf(\\.|->)[a-z_]+ *[^a-z_ ]?"
    rest = $0
    while (match(rest, reads)) {
        text = substr(rest, RSTART, RLENGTH)
        assigned = substr(rest, RSTART + RLENGTH - 1) ~ /^=[^=]/
        sub(/^(c|conf)(\.|->)/, "", text)
        sub(/[^a-z_].*$/, "", text)
        if (!assigned)
            used[text] = 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}
END {
    for (i = 1; i <= count; i++)
        if (!(names[i] in used)) {
            printf "%s: nothing reads %s (unused)\n", place[names[i]], names[i]
            failed = 1
        }
    exit failed
}
