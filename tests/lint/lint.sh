#!/bin/sh
# The lints, on files made to offend them: each prints exactly what is expected.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
lints=$(cd "$(dirname "$0")/../../build-aux" && pwd)
awk=${AWK:-awk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p src/util src/db src/domain src/web src/lost templates build-aux
failed=0

expect() { # NAME, expected output on standard input
    if ! diff -u - got; then
        echo "FAILED: $1"
        failed=1
    fi
}

# ---- floors ----
cat > src/FLOORS <<'END'
# A comment.
util   :
db     : util
domain : util db
web    : *
order domain : audit bookings
END
printf '#include "web/page.h"\n#include "util/text.h"\n#include "text.h"\n' > src/util/text.c
printf '#include <stdio.h>\n#include "config.h"\n#include "util/text.h"\n' > src/db/db.c
printf '#include "db/db.h"\n#include "domain/bookings.h"\n' > src/domain/audit.c
printf '#include "domain/audit.h"\n#include "domain/bookings.h"\n' > src/domain/bookings.c
printf '#include "util/text.h"\n' > src/domain/new.c
printf '#include "domain/audit.h"\n#include "db/db.h"\n' > src/web/page.c
printf '\n' > src/lost/lost.c
$awk -f "$lints/floors.awk" src/FLOORS src/db/db.c src/domain/*.c src/lost/lost.c src/util/text.c \
    src/web/page.c > got && echo "no failure reported" >> got
expect floors <<'END'
src/domain/audit.c:2: audit comes before bookings in the order of domain
src/domain/new.c:1: src/FLOORS gives new no place in the order of domain
src/lost/lost.c:1: src/FLOORS does not name the folder lost
src/util/text.c:1: util may not use web ("web/page.h")
src/util/text.c:3: name "text.h" by its path from src/
END

# ---- C ----
cat > build-aux/lint.allow <<'END'
# RULE FILE why
banned src/util/allowed.c a reason
raw templates/allowed.mustache a reason
END
cat > src/util/bad.c <<'END'
/* strcpy(a, b) in a comment, and TODO
 * sprintf(a) */
char *s = "strcpy(a, b)"; // gets(a)
int f(void)
{
    strcpy(a, b); it->system(x); my_system(x);
    (void)close(3);
    (void)unused;
    (void)it->close(3);
    char c = '"'; sscanf(s, "%d", &n);
    query("SELECT * FROM people");
    put("<p class=x>");
    put("a < b, <stdin>, Select one");
}
END
{ echo '{'; i=0; while [ $i -lt 61 ]; do echo ';'; i=$((i + 1)); done; echo '}'; } > src/util/long.c
{ i=0; while [ $i -lt 601 ]; do echo; i=$((i + 1)); done; } > src/util/longer.c
printf 'strcpy(a, b);\n' > src/util/allowed.c
$awk -f "$lints/banned.awk" build-aux/lint.allow src/util/allowed.c src/util/bad.c src/util/long.c \
    src/util/longer.c > got && echo "no failure reported" >> got
expect banned <<'END'
src/util/bad.c:1: something left for later (unfinished)
src/util/bad.c:6: strcpy() is not used here (banned)
src/util/bad.c:7: a result is thrown away by a cast (void)
src/util/bad.c:9: a result is thrown away by a cast (void)
src/util/bad.c:10: sscanf() is not used here (banned)
src/util/bad.c:11: SQL stands in sql/*.sql (sql)
src/util/bad.c:12: HTML stands in templates/ (html)
src/util/long.c:1: a function of 61 lines (function)
src/util/longer.c:601: a file of more than 600 lines (length)
END

# ---- templates ----
cat > templates/good.mustache <<'END'
{{! on a comment <img> {{x}
 <script>{{x}}</script> }}
<!-- <img> -->
<a href="{{url}}" {{$at}}{{/at}} class="a {{#b}}c{{/b}}"{{#d}} hidden{{/d}}>{{name}}</a>
<img src='/{{x}}.svg' alt=""><input value="{{a}}>{{b}}" {{$attrs}}type="text"{{/attrs}}>
<form method="get"></form><form method="post" action="/x">{{>parts/csrf}}</form>
<FORM METHOD=POST><input type="hidden" name="csrf" value="{{csrf}}"></FORM>
{{<field}}{{$attrs}}min="{{least}}" required{{/attrs}}{{$label}}a = {{b}}{{/label}}{{/field}}
<script type="module" src="{{asset}}"></script>
END
cat > templates/bad.mustache <<'END'
<a href={{url}} title=x{{y}} {{z}}>
<script>let a = 1 < 2;</script>
<script src="a.js">{{x}} <img></script>
<p style="color: {{colour}}" onclick="go()">
<img
  src="x">
{{{html}}} {{&html}}
<form method="post"><p>
</form>
<form method="post" action="/{{id}}">
{{<field}}{{$attrs}}value={{x}}{{/attrs}}{{/field}}
<a href="javascript:x">{{=<% %>=}}
{{name
END
printf '{{{x}}}\n<script type="application/json">{{{x}}}</script>\n' > templates/allowed.mustache
printf 'Hi {{name}} <img> a={{b}}\n{{{c}}}\n' > templates/mail.txt.mustache
$awk -f "$lints/templates.awk" build-aux/lint.allow templates/allowed.mustache \
    templates/bad.mustache templates/good.mustache templates/mail.txt.mustache > got &&
    echo "no failure reported" >> got
expect templates <<'END'
templates/bad.mustache:1: an attribute with {{ needs quotes (unquoted)
templates/bad.mustache:1: an attribute with {{ needs quotes (unquoted)
templates/bad.mustache:1: a value outside a quoted attribute (unquoted)
templates/bad.mustache:2: script inside HTML is refused by the browser (script)
templates/bad.mustache:3: {{ inside <script> (script)
templates/bad.mustache:4: {{ inside style= (style)
templates/bad.mustache:4: style= is refused by the browser (Content-Security-Policy) (style)
templates/bad.mustache:4: onclick= is script inside HTML (handler)
templates/bad.mustache:5: <img> without alt (alt)
templates/bad.mustache:7: {{{html}}} shows HTML as it is (raw)
templates/bad.mustache:7: {{{html}}} shows HTML as it is (raw)
templates/bad.mustache:8: <form method=post> without {{>parts/csrf}} (csrf)
templates/bad.mustache:11: an attribute with {{ needs quotes (unquoted)
templates/bad.mustache:12: javascript: is script inside HTML (handler)
templates/bad.mustache:12: delimiters are not changed here (delimiters)
templates/bad.mustache:13: a tag that is never closed (mustache)
templates/bad.mustache:10: <form method=post> without {{>parts/csrf}} (csrf)
templates/mail.txt.mustache:2: {{{c}}} shows HTML as it is (raw)
END

# ---- queries ----
mkdir -p sql
printf -- '-- query: people_get\nSELECT 1\n\n-- query: people_get_all\nSELECT 2\n' > sql/people.sql
printf 'f(db_query(c->db, Q_PEOPLE_GET), 1);\n' > src/domain/people.c
$awk -f "$lints/queries.awk" sql/people.sql src/domain/people.c > got &&
    echo "no failure reported" >> got
expect queries <<'END'
sql/people.sql:4: nothing runs Q_PEOPLE_GET_ALL (unused)
END

# ---- settings ----
cat > src/util/conf.c <<'END'
static const struct setting settings[] = {
    T(site_name, "Prep", "c->conf->unread is only talked of"),
    T(secret_file, "", "read here"),
    N(only_set, 1, 1, 2, "written, never read"),
    B(unread, "no", "as it says"),
};
    read(c->secret_file, c->unread_too);
    c->only_set = 1;
END
printf 'f(c->conf->site_name, other->unread);\nconf.only_set = 2;\n' > src/web/page.c
$awk -f "$lints/settings.awk" src/util/conf.c src/web/page.c > got &&
    echo "no failure reported" >> got
expect settings <<'END'
src/util/conf.c:4: nothing reads only_set (unused)
src/util/conf.c:5: nothing reads unread (unused)
END

# ---- queries that no test runs ----
printf '#define PREP_DEBUG 1\n' > config.h
printf 'people_get\npeople_get\n' > prep-unit.queries
: > prep-page.queries
SRCDIR=$work BUILDDIR=$work "$here/ran.sh" > got && echo "no failure reported" >> got
expect ran <<'END'
sql/people.sql:4: no test runs people_get_all
END
exit $failed
