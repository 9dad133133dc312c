#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "http/chars.h"
#include "util/guard.h"

enum { HEADER_TEXT_MAX = 400 };
static const int64_t length_max = (int64_t)1 << 40;

static const char *const method_names[] = { "GET", "HEAD", "POST", "other" };

const char *http_method_name(enum http_method m)
{
    return method_names[m];
}

enum result request_refuse(struct request *req, int status, const char *sentence)
{
    req->refused_status = status;
    req->refused = sentence;
    return R_INVALID;
}

static enum result bad(struct request *req)
{
    return request_refuse(req, 400,
        "Your browser sent a request that we cannot read. Go back and try again.");
}

/* ---- variables ------------------------------------------------------------------ */

struct list {
    const struct request_param *at;
    size_t n;
};

/* The variable's value; NULL if it is absent or empty, which CGI does not tell
 * apart. */
static const char *variable(const struct list *v, const char *name)
{
    for (size_t i = 0; i < v->n; i++)
        if (text_is(v->at[i].name, name))
            return text_empty(v->at[i].value) ? NULL : v->at[i].value;
    return NULL;
}

static bool all_in(const char *s, const char *also)
{
    for (; *s != '\0'; s++) {
        bool word = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
                    (*s >= 'A' && *s <= 'Z');
        if (!word && strchr(also, *s) == NULL)
            return false;
    }
    return true;
}

/* A header that is only shown or logged: never worth refusing a request for. */
static const char *printable(struct arena *a, const char *s)
{
    if (s == NULL)
        return NULL;
    char *copy = arena_strndup(a, s, strnlen(s, HEADER_TEXT_MAX));
    for (char *p = copy; *p != '\0'; p++)
        if (*p < 0x20 || *p > 0x7e)
            *p = '?';
    return copy;
}

static enum http_method method_of(const char *name)
{
    for (enum http_method m = HTTP_GET; m < HTTP_OTHER; m++)
        if (text_is(name, method_names[m]))
            return m;
    return HTTP_OTHER;
}

static enum result read_path(struct arena *a, const struct list *v, struct request *req)
{
    const char *path = variable(v, "DOCUMENT_URI");
    if (path != NULL) {
        path = text_utf8_ok(path, strlen(path)) ? path : NULL;
    } else {
        const char *uri = variable(v, "REQUEST_URI");
        if (uri != NULL)
            path = chars_decode(a, uri, strcspn(uri, "?#"), false);
    }
    if (path == NULL || *path != '/' || chars_have_hidden(path, ""))
        return bad(req);
    req->path = path;
    return OK;
}

static enum result read_query(
    struct arena *a, const struct list *v, struct request *req)
{
    const char *query = variable(v, "QUERY_STRING");
    if (query == NULL) {
        const char *uri = variable(v, "REQUEST_URI");
        const char *mark = uri == NULL ? NULL : strchr(uri, '?');
        query = mark == NULL ? "" : mark + 1;
    }
    req->query_string = query;
    struct params *read = arena_alloc(a, sizeof *read);
    req->query = read;
    return params_parse(a, query, strlen(query), read) == OK ? OK : bad(req);
}

static enum result read_host(struct arena *a, const struct list *v, struct request *req)
{
    const char *host = variable(v, "HTTP_HOST");
    if (host == NULL)
        return OK;
    if (strlen(host) > 255 || !all_in(host, ".-:[]"))
        return bad(req);
    char *copy = arena_strdup(a, host);
    text_lower(copy);
    req->host = copy;
    return OK;
}

static void read_headers(struct arena *a, const struct list *v, struct request *req)
{
    static const struct {
        const char *name;
        size_t offset;
    } plain[] = {
        { "CONTENT_TYPE", offsetof(struct request, content_type) },
        { "HTTP_COOKIE", offsetof(struct request, cookie_header) },
        { "REMOTE_ADDR", offsetof(struct request, remote_address) },
        { "HTTP_ORIGIN", offsetof(struct request, origin) },
        { "HTTP_SEC_FETCH_SITE", offsetof(struct request, sec_fetch_site) },
        { "REQUEST_ID", offsetof(struct request, request_id) },
        { "HTTP_IF_NONE_MATCH", offsetof(struct request, if_none_match) },
        { "HTTP_STRIPE_SIGNATURE", offsetof(struct request, stripe_signature) },
    };
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        const char *value = variable(v, plain[i].name);
        memcpy((char *)req + plain[i].offset, &value, sizeof value);
    }
    req->user_agent = printable(a, variable(v, "HTTP_USER_AGENT"));
    req->referer = printable(a, variable(v, "HTTP_REFERER"));
    if (req->request_id != NULL &&
        (strlen(req->request_id) > 64 || !all_in(req->request_id, "-_")))
        req->request_id = NULL;
    req->https = text_is(variable(v, "HTTPS"), "on") ||
                 text_is(variable(v, "REQUEST_SCHEME"), "https");
}

enum result request_parse(
    struct arena *a, const struct request_param *pairs, size_t n, struct request *out)
{
    static const struct params none = { 0 };
    struct list v = { pairs, n };
    *out = (struct request) {
        .method = HTTP_OTHER, .path = "/", .query_string = "", .query = &none
    };
    read_headers(a, &v, out);
    const char *method = variable(&v, "REQUEST_METHOD");
    if (method == NULL)
        return bad(out);
    out->method = method_of(method);
    TRY(read_path(a, &v, out));
    TRY(read_query(a, &v, out));
    TRY(read_host(a, &v, out));
    const char *length = variable(&v, "CONTENT_LENGTH");
    if (length != NULL && !text_int(length, 0, length_max, &out->content_length))
        return bad(out);
    return OK;
}

struct request_param *request_params_of_env(
    struct arena *a, char *const *env, size_t *n)
{
    size_t count = 0;
    while (env[count] != NULL)
        count++;
    struct request_param *pairs = arena_array(a, count, sizeof *pairs);
    *n = 0;
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(env[i], '=');
        if (equals == NULL)
            continue;
        pairs[(*n)++] = (struct request_param) {
            arena_strndup(a, env[i], (size_t)(equals - env[i])), equals + 1
        };
    }
    return pairs;
}

/* ---- body ------------------------------------------------------------------------ */

enum result request_body(
    struct arena *a, struct request *req, size_t max, struct span *out)
{
    *out = (struct span) { "", 0 };
    if ((uint64_t)req->content_length > max)
        return request_refuse(
            req, 413, "What you sent is too large. Send less and try again.");
    size_t want = (size_t)req->content_length, have = 0;
    if (want == 0)
        return OK;
    CHECK(req->body.read != NULL);
    /* One byte more than declared: whoever sends more is lying, too. */
    char *bytes = arena_alloc(a, want + 1);
    while (have <= want) {
        ssize_t got = req->body.read(req->body.arg, bytes + have, want + 1 - have);
        if (got <= 0)
            break;
        CHECK((size_t)got <= want + 1 - have);
        have += (size_t)got;
    }
    if (have != want)
        return request_refuse(req, 400,
            "The connection broke off before everything had arrived. Send it again.");
    *out = (struct span) { bytes, want };
    return OK;
}

bool request_type_is(const struct request *req, const char *media_type)
{
    const char *s = req->content_type;
    size_t n = strlen(media_type);
    if (s == NULL || strlen(s) < n || strncasecmp(s, media_type, n) != 0)
        return false;
    s += n;
    s += strspn(s, " \t");
    return *s == '\0' || *s == ';';
}

enum result request_form(
    struct arena *a, struct request *req, size_t max, struct params *out)
{
    *out = (struct params) { 0 };
    if (!request_type_is(req, "application/x-www-form-urlencoded"))
        return request_refuse(
            req, 415, "This page takes forms only. Go back and send the form again.");
    struct span body;
    TRY(request_body(a, req, max, &body));
    if (params_parse(a, body.at, body.n, out) != OK)
        return request_refuse(req, 400,
            "The form holds characters that we cannot read, or too many fields. Go "
            "back, retype what you pasted and send it again.");
    return OK;
}
