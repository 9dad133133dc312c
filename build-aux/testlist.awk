# Makes, from the names of test files on standard input, the X-macro list of
# their suites: tests/unit/util/text.c defines unit_util_text.
/\.c$/ && !/\/main\.c$/ {
    name = $0
    sub(/^.*tests\//, "", name); sub(/\.c$/, "", name); gsub(/[\/-]/, "_", name)
    names[++count] = name
}
END {
    print "#include <check.h>\n#undef fail /* an old name of Check's; ours is in app/ctx.h */"
    for (i = 1; i <= count; i++)
        printf "void %s(Suite *s);\n", names[i]
    printf "#define TEST_LIST(X)"
    for (i = 1; i <= count; i++)
        printf " \\\n    X(%s)", names[i]
    printf "\n"
}
