# Compiles sql/*.sql into C. Each query begins with a line
#     -- query: NAME
# and ends at the next such line or at the end of the file. Comment lines
# `-- scan: why`, `-- sort: why`, `-- view: why` right after it are notes for the plan lint.
#
#     awk -v part=header -f sqlgen.awk sql/*.sql > queries.h
#     awk -v part=source -f sqlgen.awk sql/*.sql > queries.c
function flush_query() {
    if (name == "")
        return
    if (text == "") {
        printf "%s: query %s is empty\n", file, name > "/dev/stderr"
        failed = 1
        exit 1
    }
    names[++count] = name; texts[name] = text; files[name] = file
    scans[name] = scan; sorts[name] = sort_why
    name = ""
}
FNR == 1 { flush_query(); file = FILENAME; sub(/^.*sql\//, "sql/", file) }
/^-- query: / {
    flush_query()
    name = $3; text = ""; scan = ""; sort_why = ""
    if (name !~ /^[a-z][a-z0-9_]*$/ || NF != 3 || (name in seen)) {
        printf "%s:%d: bad or repeated query name: %s\n", FILENAME, FNR, $0 > "/dev/stderr"
        failed = 1
        exit 1
    }
    seen[name] = 1
    next
}
name != "" && /^-- scan: / { scan = substr($0, 10); next }
name != "" && /^-- sort: / { sort_why = substr($0, 10); next }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
    if (name == "") {
        printf "%s:%d: SQL outside a query\n", FILENAME, FNR > "/dev/stderr"
        failed = 1
        exit 1
    }
    line = $0
    sub(/[ \t]+$/, "", line)
    gsub(/\\/, "\\\\", line)
    gsub(/"/, "\\\"", line)
    text = text "        \"" line "\\n\"\n"
}
END {
    if (failed)
        exit 1
    flush_query()
    print "/* Written by build-aux/sqlgen.awk from sql/; do not edit. */"
    if (part == "header") {
        print "#ifndef DB_QUERIES_H\n#define DB_QUERIES_H\n"
        print "/* One name for each named query in sql/. */"
        print "enum query_id {"
        for (i = 1; i <= count; i++)
            printf "    Q_%s,\n", toupper(names[i])
        print "    Q__MAX\n};\n"
        print "struct query_text {"
        print "    const char *name, *file, *sql;"
        print "    const char *scan, *sort; /* why the plan may scan or sort; NULL: it may not */"
        print "};\n"
        print "extern const struct query_text query_texts[Q__MAX];\n\n#endif"
    } else {
        print "#include \"db/queries.h\"\n"
        print "const struct query_text query_texts[Q__MAX] = {"
        for (i = 1; i <= count; i++) {
            n = names[i]
            printf "    [Q_%s] = { \"%s\", \"%s\",\n%s        ,\n        %s, %s },\n", toupper(n), n, files[n], texts[n],
                scans[n] == "" ? "0" : "\"" scans[n] "\"", sorts[n] == "" ? "0" : "\"" sorts[n] "\""
        }
        print "};"
    }
}
