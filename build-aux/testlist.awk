# Makes, from the names of test files on standard input, the X-macro list of
# their suites: tests/unit/util/text.c defines unit_util_text. A file with a header
# beside it is a helper and has no suite.
/\.h$/ {
    sub(/\.h$/, ".c")
    helper[$0] = 1
    next
}
/\.c$/ && !/\/main\.c$/ { files[++count] = $0 }
END {
    print "#include <check.h>\n#undef fail /* an old name of Check's; ours is in app/ctx.h */"
    for (i = 1; i <= count; i++) {
        if (files[i] in helper)
            continue
        name = files[i]
        sub(/^.*tests\//, "", name); sub(/\.c$/, "", name); gsub(/[\/-]/, "_", name)
        printf "void %s(Suite *s);\n", name
        list = list " \\\n    X(" name ")"
    }
    print "#define TEST_LIST(X)" list
}
