# awk -f build-aux/templates.awk build-aux/lint.allow templates/*.mustache ...
# Prints what a template must not do: FILE:LINE: reason (rule). A value may stand in
# text and in quoted attributes: only there does escaping make it safe. lint.allow
# comes first; its lines are RULE FILE, then why. Names ending in .txt.mustache and
# .subject.mustache are plain text for mails; only their tags are looked at.
function fail(rule, text, at) {
    if ((rule, file) in allowed)
        return
    printf "%s:%d: %s (%s)\n", file, at ? at : line, text, rule
    failed = 1
}

function newlines(s,    copy) {
    copy = s
    return gsub(/\n/, "", copy)
}

# What a {{tag}} may not do where it stands.
function mustache(tag,    sigil, body, shows) {
    sigil = substr(tag, 3, 1)
    body = tag
    gsub(/^\{\{+[#^\/>&!<$=]?[ \t\n]*|[ \t\n]*\}*\}\}$/, "", body)
    if (sigil == "!")
        return
    if (sigil == "=")
        fail("delimiters", "delimiters are not changed here")
    shows = sigil !~ /[#^\/<$=]/
    if (sigil == "{" || sigil == "&") {
        fail("raw", "{{{" body "}}} shows HTML as it is")
    }
    if (plain)
        return
    if (sigil == ">" && body == "parts/csrf")
        form_safe = 1
    if (sigil == "$" && body == "attrs" && state == "text") {
        begin_tag("")
        attrs = 1
    } else if (sigil == "/" && body == "attrs" && attrs) {
        state = "text"
        attrs = 0
    }
    if (state == "script" && !(island && sigil == "{"))
        fail("script", "{{ inside <script>")
    else if (state == "style")
        fail("style", "{{ inside <style>")
    else if (state == "equals" || state == "bare")
        fail("unquoted", "an attribute with {{ needs quotes")
    else if (state == "tag" && shows && sigil != ">")
        fail("unquoted", "a value outside a quoted attribute")
    else if (state == "quoted" && attribute == "style")
        fail("style", "{{ inside style=")
    if (state == "quoted" && shows)
        value = value "{{}}"
}

function begin_tag(what) {
    state = "tag"
    element = what
    name = ""
    began = line
    split("", has)
}

function end_attribute() {
    if (attribute == "")
        return
    has[attribute] = value
    if (attribute ~ /^on[a-z]+$/)
        fail("handler", attribute "= is script inside HTML")
    if (attribute == "style")
        fail("style", "style= is refused by the browser (Content-Security-Policy)")
    if (attribute == "href" && tolower(value) ~ /^[ ]*javascript:/)
        fail("handler", "javascript: is script inside HTML")
    attribute = ""
}

function end_tag() {
    end_attribute()
    state = "text"
    if (element == "img" && !("alt" in has))
        fail("alt", "<img> without alt", began)
    if (element == "form" && ("method" in has) && tolower(has["method"]) == "post") {
        end_form()
        form_line = began
        form_safe = 0
    }
    if (element == "/form")
        end_form()
    if (element == "input" && ("name" in has) && has["name"] == "csrf")
        form_safe = 1
    if (element == "style") {
        state = "style"
        fail("style", "<style> is refused by the browser (Content-Security-Policy)", began)
    }
    if (element == "script") {
        state = "script"
        island = ("type" in has) && has["type"] == "application/json"
        if (!island && !("src" in has))
            fail("script", "script inside HTML is refused by the browser", began)
    }
}

function end_form() {
    if (form_line && !form_safe)
        fail("csrf", "<form method=post> without {{>parts/csrf}}", form_line)
    form_line = 0
}

# One character outside of {{tags}}; `ahead` is the text from it on.
function step(c, ahead) {
    if (state == "text") {
        if (substr(ahead, 1, 4) == "<!--")
            state = "comment"
        else if (ahead ~ /^<\/?[A-Za-z]/) {
            match(ahead, /^<\/?[A-Za-z][A-Za-z0-9-]*/)
            begin_tag(tolower(substr(ahead, 2, RLENGTH - 1)))
            return RLENGTH
        }
    } else if (state == "comment") {
        if (substr(ahead, 1, 3) == "-->")
            state = "text"
    } else if (state == "script" || state == "style") {
        if (tolower(substr(ahead, 1, length(state) + 2)) == "</" state)
            state = "text"
        return state == "text" ? 0 : 1
    } else if (state == "tag") {
        if (c == ">") {
            end_tag()
        } else if (ahead ~ /^[A-Za-z]/) {
            end_attribute()
            match(ahead, /^[A-Za-z][A-Za-z0-9:_-]*/)
            attribute = tolower(substr(ahead, 1, RLENGTH))
            value = ""
            return RLENGTH
        } else if (c == "=") {
            state = "equals"
        }
    } else if (state == "equals") {
        if (c == "\"" || c == "'") {
            state = "quoted"
            quote = c
        } else if (c !~ /[ \t\n]/) {
            state = "bare"
            value = c
        }
    } else if (state == "quoted") {
        if (c == quote) {
            end_attribute()
            state = "tag"
        } else {
            value = value c
        }
    } else if (state == "bare") {
        if (c == ">") {
            end_tag()
        } else if (c ~ /[ \t\n]/) {
            end_attribute()
            state = "tag"
        } else {
            value = value c
        }
    }
    return 1
}

function check(text,    at, ahead, n, close_at, close_mark) {
    plain = file ~ /\.(txt|subject)\.mustache$/
    state = "text"
    line = 1
    form_line = attrs = 0
    attribute = ""
    ahead = text
    while (ahead != "") {
        if (substr(ahead, 1, 2) == "{{") {
            close_mark = substr(ahead, 3, 1) == "{" ? "}}}" : "}}"
            close_at = index(ahead, close_mark)
            if (close_at == 0) {
                fail("mustache", "a tag that is never closed")
                break
            }
            n = close_at + length(close_mark) - 1
            mustache(substr(ahead, 1, n))
        } else if (plain) {
            n = index(ahead, "{{")
            n = n ? n - 1 : length(ahead)
        } else {
            n = step(substr(ahead, 1, 1), ahead)
        }
        line += newlines(substr(ahead, 1, n))
        ahead = substr(ahead, n + 1)
    }
    end_form()
}

FILENAME ~ /lint\.allow$/ {
    if ($1 !~ /^#/ && NF >= 2)
        allowed[$1, $2] = 1
    next
}

FNR == 1 {
    if (file != "")
        check(whole)
    file = FILENAME
    whole = ""
}

{ whole = whole $0 "\n" }

END {
    if (file != "")
        check(whole)
    exit failed
}
