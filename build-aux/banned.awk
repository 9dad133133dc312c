# awk -f build-aux/banned.awk build-aux/lint.allow FILE...
# Prints what C code of this house does not do: FILE:LINE: reason. lint.allow comes
# first; its lines are RULE FILE, then why.
function fail(rule, line, text) {
    if ((rule, file) in allowed)
        return
    printf "%s:%d: %s (%s)\n", file, line, text, rule
    failed = 1
}

# The line without comments and string literals; the literals go to `literals`.
function strip(s,    out, c, two, i, quote) {
    literals = ""
    out = ""
    for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        two = substr(s, i, 2)
        if (in_comment) {
            if (two == "*/") {
                in_comment = 0
                i++
            }
        } else if (two == "/*") {
            in_comment = 1
            i++
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            quote = c
            for (i++; i <= length(s) && (c = substr(s, i, 1)) != quote; i++) {
                if (c == "\\")
                    c = c substr(s, ++i, 1)
                if (quote == "\"")
                    literals = literals c
            }
            literals = literals "\n"
            out = out "\"\""
        } else {
            out = out c
        }
    }
    return out
}

function end_of_file() {
    if (file != "" && lines > 600)
        fail("length", lines, "a file of more than 600 lines")
}

BEGIN {
    split("strcpy strcat sprintf vsprintf gets atoi atol atoll strtok strtok_r " \
        "system popen alloca mktime localtime localtime_r " \
        "scanf sscanf fscanf vscanf vsscanf vfscanf", words, " ")
    for (i in words)
        banned[words[i]] = 1
}

FILENAME ~ /lint\.allow$/ {
    if ($1 !~ /^#/ && NF >= 2)
        allowed[$1, $2] = 1
    next
}

FNR == 1 {
    end_of_file()
    file = FILENAME
    in_comment = 0
    begins = 0
}

{
    lines = FNR
    if ($0 ~ /(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)/)
        fail("unfinished", FNR, "something left for later")
    code = strip($0)

    rest = code
    while (match(rest, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
        word = substr(rest, RSTART, RLENGTH)
        before = substr(rest, 1, RSTART - 1)
        sub(/[ \t]*\($/, "", word)
        if ((word in banned) && before !~ /(\.|->)$/)
            fail("banned", FNR, word "() is not used here")
        rest = substr(rest, RSTART + RLENGTH)
    }
    if (code ~ /\(void\)[ \t]*[A-Za-z_][A-Za-z_0-9.>-]*[ \t]*\(/)
        fail("void", FNR, "a result is thrown away by a cast")

    if (file ~ /^src\// && file !~ /^src\/db\// &&
        literals ~ /(^|\n)[ \t]*(SELECT|INSERT INTO|INSERT OR|UPDATE|DELETE FROM|REPLACE INTO|CREATE TABLE) /)
        fail("sql", FNR, "SQL stands in sql/*.sql")
    if (file ~ /^src\// && file !~ /^src\/html\// &&
        literals ~ /<\/?(a|b|br|div|p|span|li|ul|ol|h[1-6]|table|tr|td|th|img|form|input|html|body|head|svg|script)([ >\/]|$)/)
        fail("html", FNR, "HTML stands in templates/")

    if ($0 == "{")
        begins = FNR
    else if (substr($0, 1, 1) == "}") {
        if (begins && FNR - begins - 1 > 60)
            fail("function", begins, "a function of " (FNR - begins - 1) " lines")
        begins = 0
    }
}

END {
    end_of_file()
    exit failed
}
