#include "net/net.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/handle.h"
#include "util/buf.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"

enum { HEADER_BYTES_MAX = 1024 };

struct net {
    CURL *handle; /* NULL: nobody has called yet */
    pid_t made_by;
    bool (*idle)(void *arg);
    void *idle_arg;
};

struct net *net_open(void)
{
    struct net *n = calloc(1, sizeof *n);
    CHECK(n != NULL);
    n->made_by = getpid();
    return n;
}

/* Most processes never call anybody, and OpenSSL is not small. */
static CURL *handle_of(struct net *n)
{
    if (n->handle == NULL) {
        CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
        n->handle = curl_easy_init();
        CHECK(n->handle != NULL);
    }
    return n->handle;
}

void net_close(struct net *n)
{
    if (n == NULL)
        return;
    if (n->handle != NULL) {
        curl_easy_cleanup(n->handle);
        curl_global_cleanup();
    }
    free(n);
}

void net_require(struct net *n, bool (*idle)(void *arg), void *arg)
{
    n->idle = idle;
    n->idle_arg = arg;
}

CURL *net_handle(
    struct net *n, const char *protocols, int64_t connect_ms, int64_t total_ms)
{
    CHECK(n->made_by == getpid());
    CHECK(n->idle == NULL || n->idle(n->idle_arg));
    CHECK(connect_ms > 0 && total_ms > 0);
    CURL *h = handle_of(n);
    curl_easy_reset(h);
    NET_SET(h, CURLOPT_PROTOCOLS_STR, protocols);
    NET_SET(h, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    NET_SET(h, CURLOPT_FOLLOWLOCATION, 0L);
    NET_SET(h, CURLOPT_SSL_VERIFYPEER, 1L);
    NET_SET(h, CURLOPT_SSL_VERIFYHOST, 2L);
    NET_SET(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    NET_SET(h, CURLOPT_PROXY, ""); /* else https_proxy of the environment counts */
    NET_SET(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    NET_SET(h, CURLOPT_NOSIGNAL, 1L);
    NET_SET(h, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    NET_SET(h, CURLOPT_TIMEOUT_MS, (long)total_ms);
    return h;
}

/* Not the code but the bytes tell: a time-out may strike before or after them. */
enum net_class net_class_of(CURL *handle, CURLcode code)
{
    if (code == CURLE_OK)
        return NET_OK;
    long sent = 1;
    CHECK(curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK);
    return sent == 0 ? NET_NOT_SENT : NET_UNKNOWN;
}

const char *net_class_name(enum net_class class)
{
    static const char *const names[] = {
        [NET_OK] = "ok", [NET_NOT_SENT] = "not_sent", [NET_UNKNOWN] = "unknown"
    };
    return (unsigned)class < COUNT_OF(names) ? names[class] : "unknown";
}

/* ---- addresses ---- */

static bool part_is(CURLU *url, CURLUPart part, const char *wanted)
{
    char *text = NULL;
    bool same = curl_url_get(url, part, &text, 0) == CURLUE_OK && text_is(text, wanted);
    curl_free(text);
    return same;
}

static bool part_absent(CURLU *url, CURLUPart part, CURLUcode answer)
{
    char *text = NULL;
    bool absent = curl_url_get(url, part, &text, 0) == answer;
    curl_free(text);
    return absent;
}

bool net_url_ok(const char *url)
{
    CURLU *parts = curl_url();
    CHECK(parts != NULL);
    bool ok = url != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
              part_absent(parts, CURLUPART_USER, CURLUE_NO_USER) &&
              part_absent(parts, CURLUPART_PASSWORD, CURLUE_NO_PASSWORD) &&
              (part_is(parts, CURLUPART_SCHEME, "https") ||
                  (part_is(parts, CURLUPART_SCHEME, "http") &&
                      part_is(parts, CURLUPART_HOST, "127.0.0.1")));
    curl_url_cleanup(parts);
    return ok;
}

/* ---- one call ---- */

struct transfer {
    struct arena *a;
    struct net_reply *reply;
    struct buf body;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    buf_add(&t->body, bytes, size * count);
    return buf_ok(&t->body) ? size * count : 0;
}

/* A line too many or too long is left out: none that we read are such. */
static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    size_t n = size * count;
    const char *colon = memchr(line, ':', n);
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
        t->reply->header_count = 0; /* what came before was 100 Continue's */
    else if (colon != NULL && n <= HEADER_BYTES_MAX &&
             t->reply->header_count < NET_HEADERS_MAX) {
        size_t name_bytes = (size_t)(colon - line);
        char *value = arena_strndup(t->a, colon + 1, n - name_bytes - 1);
        t->reply->headers[t->reply->header_count++] =
            (struct net_header) { .name = arena_strndup(t->a, line, name_bytes),
                .value = text_trim(value) };
    }
    return n;
}

const char *net_header(const struct net_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (text_same_nocase(reply->headers[i].name, name))
            return reply->headers[i].value;
    return NULL;
}

/* libcurl sends a header as it is given: a line break in one would be another. */
static struct curl_slist *header_list(const char *const *headers)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (; headers != NULL && *headers != NULL; headers++) {
        CHECK(strpbrk(*headers, "\r\n") == NULL);
        list = curl_slist_append(list, *headers);
        CHECK(list != NULL);
    }
    return list;
}

static void set_method(CURL *h, const struct net_request *request)
{
    if (text_is(request->method, "GET")) {
        NET_SET(h, CURLOPT_HTTPGET, 1L);
        return;
    }
    NET_SET(h, CURLOPT_POST, 1L);
    NET_SET(h, CURLOPT_CUSTOMREQUEST, request->method);
    NET_SET(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
    NET_SET(h, CURLOPT_POSTFIELDS, request->body.n > 0 ? request->body.at : "");
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void log_call(
    const struct net_request *request, const struct net_reply *reply, int64_t ms)
{
    struct buf *line = log_begin(reply->class == NET_OK ? "info" : "warn", "net");
    struct span url = { request->url, strcspn(request->url, "?#") };
    char shown[256];
    size_t n = url.n < sizeof shown ? url.n : sizeof shown - 1;
    memcpy(shown, url.at, n);
    shown[n] = '\0';
    log_text(line, "method", request->method);
    log_text(line, "url", shown);
    log_text(line, "class", net_class_name(reply->class));
    log_int(line, "status", reply->status);
    log_int(line, "ms", ms);
    log_int(line, "bytes", (int64_t)reply->body.n);
    const char *request_id = net_header(reply, "request-id");
    if (request_id != NULL)
        log_text(line, "remote_request_id", request_id);
    if (reply->error[0] != '\0')
        log_text(line, "error", reply->error);
    log_end(line);
}

/* An answer that only ends with the connection may have been cut anywhere, even
 * within its headers, and libcurl would call it whole. */
static bool has_end(const struct net_reply *reply)
{
    return reply->status == 204 || reply->status == 304 ||
           net_header(reply, "content-length") != NULL ||
           net_header(reply, "transfer-encoding") != NULL;
}

static void read_answer(CURL *h, struct transfer *t)
{
    struct net_reply *reply = t->reply;
    long status = 0;
    CHECK(curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK);
    reply->status = (int)status;
    reply->body =
        (struct span) { arena_strndup(t->a, t->body.at, t->body.n), t->body.n };
    if (!has_end(reply))
        *reply = (struct net_reply) { .class = NET_UNKNOWN,
            .body = { "", 0 },
            .error = "an answer without length may be cut" };
}

static void transfer(
    struct net *n, const struct net_request *request, struct transfer *t)
{
    CURL *h = net_handle(n, text_starts(request->url, "https:") ? "https" : "http",
        request->connect_ms, request->total_ms);
    struct curl_slist *headers = header_list(request->headers);
    char why[CURL_ERROR_SIZE] = "";
    NET_SET(h, CURLOPT_URL, request->url);
    NET_SET(h, CURLOPT_HTTPHEADER, headers);
    NET_SET(h, CURLOPT_USERAGENT, "prep");
    NET_SET(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    NET_SET(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->max_bytes);
    NET_SET(h, CURLOPT_WRITEFUNCTION, on_body);
    NET_SET(h, CURLOPT_WRITEDATA, t);
    NET_SET(h, CURLOPT_HEADERFUNCTION, on_header);
    NET_SET(h, CURLOPT_HEADERDATA, t);
    NET_SET(h, CURLOPT_ERRORBUFFER, why);
    set_method(h, request);
    CURLcode code = curl_easy_perform(h);
    struct net_reply *reply = t->reply;
    reply->class = net_class_of(h, code);
    if (code == CURLE_OK) {
        read_answer(h, t);
    } else {
        reply->error =
            arena_strdup(t->a, why[0] != '\0' ? why : curl_easy_strerror(code));
    }
    curl_easy_reset(h); /* it must not remember this frame's pointers */
    curl_slist_free_all(headers);
}

void net_call(struct net *n, struct arena *a, const struct net_request *request,
    struct net_reply *out)
{
    *out = (struct net_reply) { .class = NET_NOT_SENT, .body = { "", 0 }, .error = "" };
    int64_t started_ms = monotonic_ms();
    struct transfer t = { .a = a, .reply = out };
    buf_init(&t.body, request->max_bytes);
    if (!net_url_ok(request->url)) {
        out->error = "address refused: neither https nor http://127.0.0.1";
    } else if (FAULT("net.send")) {
        out->error = "fault point";
    } else {
        transfer(n, request, &t);
        if (FAULT("net.reply"))
            *out = (struct net_reply) {
                .class = NET_UNKNOWN, .body = { "", 0 }, .error = "fault point"
            };
    }
    buf_free(&t.body);
    log_call(request, out, monotonic_ms() - started_ms);
}
