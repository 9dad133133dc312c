#include "http/multipart_head.h"

#include <string.h>

#include "http/chars.h"
#include "http/multipart.h"
#include "util/text.h"

static const char unreadable[] =
    "Your browser sent an upload that we cannot read. Choose the file again and "
    "send it once more.";

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 9110, section 5.6.2. */
static size_t token_length(const char *s)
{
    size_t n = 0;
    while (is_word(s[n]) || (s[n] != '\0' && strchr("!#$%&'*+-.^_`|~", s[n]) != NULL))
        n++;
    return n;
}

static char *skip_blanks(char *s)
{
    return s + strspn(s, " \t");
}

/* Undoes the quoting of the text behind the opening quote, in place. Returns what
 * follows the closing one, or NULL. Only \" and \\ are escapes: an old browser sends
 * whole Windows paths as they are. */
static char *unquote(char *s)
{
    char *out = s;
    for (; *s != '"'; s++) {
        if (*s == '\0')
            return NULL;
        if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
            s++;
        *out++ = *s;
    }
    char *rest = s + 1;
    *out = '\0';
    return rest;
}

/* The parameter at *s, which moves behind it. Keeps a copy in the arena, since
 * what follows a token is needed again. R_NOT_FOUND at the end. */
static enum result next_parameter(
    struct arena *a, char **s, const char **name, const char **value)
{
    char *p = skip_blanks(*s);
    if (*p == '\0')
        return R_NOT_FOUND;
    if (*p != ';')
        return R_INVALID;
    p = skip_blanks(p + 1);
    size_t n = token_length(p);
    if (n == 0 || p[n] != '=')
        return R_INVALID;
    char *key = arena_strndup(a, p, n);
    text_lower(key);
    *name = key;
    p += n + 1;
    if (*p == '"') {
        char *quoted = p + 1;
        p = unquote(quoted);
        if (p == NULL)
            return R_INVALID;
        *value = arena_strdup(a, quoted);
    } else {
        n = token_length(p);
        if (n == 0)
            return R_INVALID;
        *value = arena_strndup(a, p, n);
        p += n;
    }
    *s = p;
    return OK;
}

/* The media type or disposition at *s, in lower case; *s moves to its parameters. */
static const char *first_word(struct arena *a, char **s)
{
    char *p = skip_blanks(*s);
    size_t n = strcspn(p, "; \t");
    char *word = arena_strndup(a, p, n);
    text_lower(word);
    *s = p + n;
    return word;
}

/* RFC 2046, section 5.1.1: bchars. */
static bool boundary_ok(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > MULTIPART_BOUNDARY_MAX || s[n - 1] == ' ')
        return false;
    for (; *s != '\0'; s++)
        if (!is_word(*s) && strchr("'()+_,-./:=? ", *s) == NULL)
            return false;
    return true;
}

const char *multipart_boundary(struct arena *a, const char *content_type)
{
    if (content_type == NULL)
        return NULL;
    char *rest = arena_strdup(a, content_type);
    if (!text_is(first_word(a, &rest), "multipart/form-data"))
        return NULL;
    const char *name, *value, *boundary = NULL;
    enum result r;
    while ((r = next_parameter(a, &rest, &name, &value)) == OK) {
        if (!text_is(name, "boundary"))
            continue;
        if (boundary != NULL)
            return NULL;
        boundary = value;
    }
    return r == R_NOT_FOUND && boundary != NULL && boundary_ok(boundary) ? boundary
                                                                         : NULL;
}

/* ---- header lines ---------------------------------------------------------------- */

/* Reading a line's value into the head; R_INVALID with or without a reason. */
typedef enum result read_value(
    struct arena *a, char *value, struct multipart_head *out, const char **reason);

static enum result read_disposition(
    struct arena *a, char *value, struct multipart_head *out, const char **)
{
    if (out->name != NULL || !text_is(first_word(a, &value), "form-data"))
        return R_INVALID;
    const char *name, *text;
    enum result r;
    while ((r = next_parameter(a, &value, &name, &text)) == OK) {
        const char **into = text_is(name, "name")       ? &out->name
                            : text_is(name, "filename") ? &out->filename
                                                        : NULL;
        if (into == NULL) /* filename* and strangers: not for us (RFC 7578, 4.2) */
            continue;
        if (*into != NULL)
            return R_INVALID;
        *into = text;
    }
    return r == R_NOT_FOUND && out->name != NULL ? OK : R_INVALID;
}

static enum result read_type(
    struct arena *a, char *value, struct multipart_head *out, const char **reason)
{
    if (out->type != NULL)
        return R_INVALID;
    out->type = first_word(a, &value);
    if (text_starts(out->type, "multipart/")) {
        *reason = "Files inside of files cannot be read here. Send each on its own.";
        return R_INVALID;
    }
    if (strlen(out->type) > 100 || chars_have_hidden(out->type, ""))
        return R_INVALID;
    return OK;
}

static enum result read_encoding(
    struct arena *a, char *value, struct multipart_head *, const char **reason)
{
    const char *word = first_word(a, &value);
    if (text_is(word, "7bit") || text_is(word, "8bit") || text_is(word, "binary"))
        return OK;
    *reason =
        "The upload is in an encoding that we do not read. Send the file as it is.";
    return R_INVALID;
}

static enum result read_line(
    struct arena *a, char *line, struct multipart_head *out, const char **reason)
{
    static const struct {
        const char *name;
        read_value *read;
    } headers[] = {
        { "content-disposition", read_disposition },
        { "content-type", read_type },
        { "content-transfer-encoding", read_encoding },
    };
    size_t n = token_length(line);
    if (n == 0 || line[n] != ':')
        return R_INVALID;
    line[n] = '\0';
    text_lower(line);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (text_is(line, headers[i].name))
            return headers[i].read(a, line + n + 1, out, reason);
    return OK;
}

/* The name that we show and keep: no folders, no leading dots, nothing
 * hidden. "" stays "". */
static const char *base_name(struct arena *a, const char *filename)
{
    if (*filename == '\0')
        return "";
    for (const char *s = filename; *s != '\0'; s++)
        if (*s == '/' || *s == '\\')
            filename = s + 1;
    char *copy = arena_strdup(a, filename), *out = copy;
    for (const char *s = filename; *s != '\0';) {
        size_t hidden = chars_hidden(s);
        if (hidden > 0)
            s += hidden;
        else
            *out++ = *s++;
    }
    *out = '\0';
    copy = chars_trim(copy);
    copy += strspn(copy, ". ");
    return *copy == '\0' ? "file" : copy;
}

static enum result check(
    struct arena *a, struct multipart_head *out, const char **reason)
{
    if (out->name == NULL || *out->name == '\0' ||
        strlen(out->name) > PARAMS_NAME_BYTES_MAX)
        return R_INVALID;
    if (out->type == NULL)
        out->type = out->filename == NULL ? "text/plain" : "application/octet-stream";
    if (out->filename == NULL)
        return OK;
    out->filename = base_name(a, out->filename);
    if (text_utf8_length(out->filename) <= MULTIPART_FILENAME_MAX)
        return OK;
    *reason =
        arena_printf(a, "The file's name is too long. Shorten it to %d characters.",
            MULTIPART_FILENAME_MAX);
    return R_INVALID;
}

enum result multipart_head_read(struct arena *a, const char *bytes, size_t n,
    struct multipart_head *out, const char **reason)
{
    *out = (struct multipart_head) { 0 };
    *reason = unreadable;
    if (!text_utf8_ok(bytes, n))
        return R_INVALID;
    char *line = arena_strndup(a, bytes, n);
    while (*line != '\0') {
        char *end = strstr(line, "\r\n");
        if (end == NULL)
            return R_INVALID;
        *end = '\0';
        if (strpbrk(line, "\r\n") != NULL)
            return R_INVALID;
        TRY(read_line(a, line, out, reason));
        line = end + 2;
    }
    return check(a, out, reason);
}
