# Compiles sql/schema/NNNN-name.sql into one table of migrations for db/migrate.c.
function flush_file() { if (open) printf "    },\n"; open = 0 }
BEGIN {
    print "/* Written by build-aux/schemagen.awk from sql/schema/; do not edit. */"
    print "#include \"db/migrate.h\"\n\nconst struct migration migrations[] = {"
}
FNR == 1 {
    flush_file()
    base = FILENAME; sub(/^.*\//, "", base)
    number = substr(base, 1, 4) + 0
    if (number != ++expected) {
        printf "%s: expected migration number %d\n", FILENAME, expected > "/dev/stderr"
        failed = 1
        exit 1
    }
    sub(/\.sql$/, "", base)
    printf "    { %d, \"%s\",\n", number, base
    open = 1
}
{
    line = $0
    gsub(/\\/, "\\\\", line); gsub(/"/, "\\\"", line)
    printf "        \"%s\\n\"\n", line
}
END {
    if (failed)
        exit 1
    flush_file()
    print "    { 0, 0, 0 },\n};"
}
