#include "http/response.h"

#include <string.h>

#include "http/chars.h"
#include "http/local_path.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
};

static const struct {
    const char *name, *value;
} secure_headers[] = {
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy", "camera=(), microphone=(), usb=(), geolocation=(self), "
                            "payment=(self \"https://js.stripe.com\")" },
    { "Cache-Control", "no-store" },
};

void response_init(struct response *r, size_t body_max)
{
    *r = (struct response) { .status = 200 };
    buf_init(&r->body, body_max);
    buf_init(&r->texts, RESPONSE_HEADERS_BYTES_MAX);
}

void response_free(struct response *r)
{
    buf_free(&r->body);
    buf_free(&r->texts);
}

void response_clear(struct response *r)
{
    r->status = 200;
    r->spoiled = false;
    r->by_server = false;
    r->n = 0;
    buf_clear(&r->body);
    buf_clear(&r->texts);
}

/* ---- headers --------------------------------------------------------------------- */

static bool is_token(const char *s)
{
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++)
        if (*s != '-' && !(*s >= 'a' && *s <= 'z') && !(*s >= 'A' && *s <= 'Z') &&
            !(*s >= '0' && *s <= '9'))
            return false;
    return true;
}

static bool is_value(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    return true;
}

static size_t header_index(const struct response *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (text_same_nocase(r->texts.at + r->headers[i].name, name))
            return i;
    return r->n;
}

/* Name and value at place i, which is in use already or the next free one. */
static void put_header(
    struct response *r, size_t i, const char *name, const char *value)
{
    CHECK(is_token(name));
    size_t name_at = r->texts.n, value_at = name_at + strlen(name) + 1;
    size_t end = value_at + strlen(value) + 1;
    if (!is_value(value) || i >= RESPONSE_HEADERS_MAX || end > r->texts.max) {
        r->spoiled = true;
        return;
    }
    buf_add(&r->texts, name, strlen(name) + 1);
    buf_add(&r->texts, value, strlen(value) + 1);
    r->headers[i].name = (uint32_t)name_at;
    r->headers[i].value = (uint32_t)value_at;
    if (i == r->n)
        r->n++;
}

void response_header(struct response *r, const char *name, const char *value)
{
    put_header(r, header_index(r, name), name, value);
}

void response_header_int(struct response *r, const char *name, int64_t n)
{
    struct buf digits;
    buf_init(&digits, 24);
    buf_add_int(&digits, n);
    response_header(r, name, digits.at);
    buf_free(&digits);
}

void response_header_add(struct response *r, const char *name, const char *value)
{
    put_header(r, r->n, name, value);
}

const char *response_header_get(const struct response *r, const char *name)
{
    size_t i = header_index(r, name);
    return i == r->n ? NULL : r->texts.at + r->headers[i].value;
}

/* ---- kinds of answers ------------------------------------------------------------ */

static void redirect_to(struct response *r, int status, const char *location)
{
    r->status = status;
    buf_clear(&r->body);
    response_header(r, "Location", location);
}

void response_redirect(struct response *r, int status, const char *location)
{
    CHECK(status == 303 || status == 301 || status == 302 || status == 307 ||
          status == 308);
    if (!http_local_path_ok(location)) {
        r->spoiled = true;
        location = "/";
    }
    struct buf encoded;
    buf_init(&encoded, 3 * LOCAL_PATH_BYTES_MAX);
    for (const char *s = location; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c <= ' ' || c > '~' || c == '"')
            buf_printf(&encoded, "%%%02X", c);
        else
            buf_addc(&encoded, *s);
    }
    redirect_to(r, status, encoded.at);
    buf_free(&encoded);
}

/* "https://host...": at least one character of a host, no blanks, no quotes. */
static bool is_absolute(const char *url)
{
    const char *rest = NULL;
    if (url == NULL || strlen(url) > RESPONSE_HEADERS_BYTES_MAX / 2)
        return false;
    if (text_starts(url, "https://"))
        rest = url + strlen("https://");
    else if (text_starts(url, "http://"))
        rest = url + strlen("http://");
    if (rest == NULL || *rest == '\0' || strchr("/?#@:", *rest) != NULL)
        return false;
    for (; *rest != '\0'; rest++)
        if (*rest <= ' ' || *rest > '~' || strchr("\"<>\\", *rest) != NULL)
            return false;
    return true;
}

void response_redirect_away(struct response *r, const char *url)
{
    if (!is_absolute(url)) {
        r->spoiled = true;
        url = "/";
    }
    redirect_to(r, 303, url);
}

/* A name of ours: no way up, no absolute path, nothing hidden. */
static bool is_own_name(const char *s)
{
    bool after_word = false;
    for (; *s != '\0'; s++) {
        bool word = *s == '_' || *s == '-' || (*s >= '0' && *s <= '9') ||
                    (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
        if (!word && !(after_word && (*s == '/' || *s == '.')))
            return false;
        after_word = word;
    }
    return after_word;
}

void response_file(
    struct response *r, const char *prefix, const char *name, const char *type)
{
    CHECK(*prefix == '/' && text_ends(prefix, "/") && is_own_name(name));
    struct buf target;
    buf_init(&target, 1024);
    buf_adds(&target, prefix);
    buf_adds(&target, name);
    CHECK(buf_ok(&target));
    buf_clear(&r->body);
    response_header(r, "X-Accel-Redirect", target.at);
    response_header(r, "Content-Type", type);
    r->by_server = true;
    buf_free(&target);
}

void response_attachment(struct response *r, const char *filename)
{
    enum { FALLBACK_MAX = 200 };
    struct buf value;
    buf_init(&value, RESPONSE_HEADERS_BYTES_MAX / 4);
    buf_adds(&value, "attachment; filename=\"");
    for (const char *s = filename; *s != '\0' && s - filename < FALLBACK_MAX; s++)
        buf_addc(&value, *s < ' ' || *s > '~' || strchr("\"\\%", *s) ? '_' : *s);
    buf_adds(&value, "\"; filename*=UTF-8''");
    for (const char *s = filename; *s != '\0'; s++) {
        bool word = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
                    (*s >= 'A' && *s <= 'Z') || strchr("-._~", *s) != NULL;
        if (word)
            buf_addc(&value, *s);
        else
            buf_printf(&value, "%%%02X", (unsigned char)*s);
    }
    response_header(r, "Content-Disposition", buf_ok(&value) ? value.at : "attachment");
    buf_free(&value);
}

void response_secure(struct response *r, const char *csp, bool https)
{
    if (csp != NULL && response_header_get(r, "Content-Security-Policy") == NULL)
        response_header(r, "Content-Security-Policy", csp);
    for (size_t i = 0; i < COUNT_OF(secure_headers); i++)
        if (response_header_get(r, secure_headers[i].name) == NULL)
            response_header(r, secure_headers[i].name, secure_headers[i].value);
    if (https)
        response_header(
            r, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
}

/* ---- writing --------------------------------------------------------------------- */

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < COUNT_OF(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Unknown";
}

enum result response_write(const struct response *r, bool head, struct buf *out)
{
    bool bodiless = r->status == 204 || r->status == 304;
    buf_printf(out, "Status: %d %s\r\n", r->status, phrase_of(r->status));
    for (size_t i = 0; i < r->n; i++) {
        buf_adds(out, r->texts.at + r->headers[i].name);
        buf_adds(out, ": ");
        buf_adds(out, r->texts.at + r->headers[i].value);
        buf_adds(out, "\r\n");
    }
    if (!bodiless && !r->by_server) {
        if (r->body.n > 0 && response_header_get(r, "Content-Type") == NULL)
            buf_adds(out, "Content-Type: text/html; charset=utf-8\r\n");
        buf_adds(out, "Content-Length: ");
        buf_add_int(out, (int64_t)r->body.n);
        buf_adds(out, "\r\n");
    }
    buf_adds(out, "\r\n");
    if (!bodiless && !r->by_server && !head)
        buf_add(out, r->body.at, r->body.n);
    return buf_ok(&r->body) && buf_ok(out) ? OK : R_FAULT;
}
