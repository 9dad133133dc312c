# Compiles data/common-passwords.txt (sorted bytewise) into a table for bsearch.
BEGIN {
    print "/* Written by build-aux/wordlist.awk from data/common-passwords.txt; do not edit. */"
    print "#include \"domain/common_passwords.h\"\n\nconst char *const common_passwords[] = {"
}
{
    if (NR > 1 && "x" $0 <= "x" last) {
        printf "%s:%d: not sorted\n", FILENAME, FNR > "/dev/stderr"
        exit 1
    }
    last = $0
    gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
    printf "    \"%s\",\n", $0
    count++
}
END { printf "};\nconst size_t common_passwords_count = %d;\n", count }
