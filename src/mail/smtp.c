#include "mail/smtp.h"

#include <string.h>

#include "mail/mime.h"
#include "net/handle.h"
#include "util/guard.h"
#include "util/log.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 30000 };

/* The part of the URL, or "" if it has none. */
static const char *part(struct arena *a, CURLU *url, CURLUPart which)
{
    char *text = NULL;
    const char *copy = "";
    if (curl_url_get(url, which, &text, 0) == CURLUE_OK)
        copy = arena_strdup(a, text);
    curl_free(text);
    return copy;
}

struct address {
    const char *scheme, *host;
    bool ok;
};

static struct address parse(struct arena *a, const char *url)
{
    CURLU *parts = curl_url();
    CHECK(parts != NULL);
    struct address at = { "", "", false };
    if (url != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        at.scheme = part(a, parts, CURLUPART_SCHEME);
        at.host = part(a, parts, CURLUPART_HOST);
        const char *path = part(a, parts, CURLUPART_PATH);
        at.ok = (text_is(at.scheme, "smtp") || text_is(at.scheme, "smtps")) &&
                (text_is(path, "/") || *path == '\0') &&
                *part(a, parts, CURLUPART_USER) == '\0' &&
                *part(a, parts, CURLUPART_PASSWORD) == '\0' &&
                *part(a, parts, CURLUPART_QUERY) == '\0';
    }
    curl_url_cleanup(parts);
    return at;
}

bool smtp_url_ok(const char *url)
{
    struct arena *a = arena_new(16 * 1024);
    bool ok = parse(a, url).ok;
    arena_free(a);
    return ok;
}

static size_t on_read(char *room, size_t size, size_t count, void *arg)
{
    struct span *left = arg;
    size_t n = size * count < left->n ? size * count : left->n;
    if (n > 0)
        memcpy(room, left->at, n);
    left->at += n;
    left->n -= n;
    return n;
}

static CURL *prepare(
    struct net *n, const struct smtp_server *server, const struct address *at)
{
    CURL *h = net_handle(n, "smtp,smtps", CONNECT_MS, TOTAL_MS);
    bool loopback = text_is(at->scheme, "smtp") && text_is(at->host, "127.0.0.1");
    NET_SET(h, CURLOPT_URL, server->url);
    NET_SET(h, CURLOPT_USE_SSL, (long)(loopback ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!text_empty(server->user)) {
        NET_SET(h, CURLOPT_USERNAME, server->user);
        NET_SET(h, CURLOPT_PASSWORD, server->password);
    }
    return h;
}

/* 5xx to an address or a message is for good; to a login it is our settings. */
static enum result meaning(CURL *h, CURLcode code)
{
    long reply = 0;
    if (code == CURLE_OK)
        return OK;
    CHECK(curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &reply) == CURLE_OK);
    return code != CURLE_LOGIN_DENIED && reply >= 500 && reply < 600 ? R_INVALID
                                                                     : R_UPSTREAM;
}

enum result smtp_send(struct net *n, struct arena *a, const struct smtp_server *server,
    const char *from, const char *to, struct span message, const char **why)
{
    CHECK(mail_address_ok(from) && mail_address_ok(to));
    struct address at = parse(a, server->url);
    if (!at.ok) {
        *why = "smtp_url is neither smtp://host nor smtps://host";
        return R_UPSTREAM;
    }
    CURL *h = prepare(n, server, &at);
    char error[CURL_ERROR_SIZE] = "";
    struct span left = message;
    struct curl_slist *recipients =
        curl_slist_append(NULL, arena_printf(a, "<%s>", to));
    CHECK(recipients != NULL);
    NET_SET(h, CURLOPT_MAIL_FROM, arena_printf(a, "<%s>", from));
    NET_SET(h, CURLOPT_MAIL_RCPT, recipients);
    NET_SET(h, CURLOPT_UPLOAD, 1L);
    NET_SET(h, CURLOPT_READFUNCTION, on_read);
    NET_SET(h, CURLOPT_READDATA, &left);
    NET_SET(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.n);
    NET_SET(h, CURLOPT_ERRORBUFFER, error);
    CURLcode code = curl_easy_perform(h);
    enum result r = meaning(h, code);
    *why = code == CURLE_OK
               ? ""
               : arena_strdup(a, error[0] != '\0' ? error : curl_easy_strerror(code));
    curl_easy_reset(h);
    curl_slist_free_all(recipients);
    struct buf *line = log_begin(r == OK ? "info" : "warn", "smtp");
    log_text(line, "server", at.host);
    log_text(line, "result", result_name(r));
    if (r != OK)
        log_text(line, "error", *why);
    log_end(line);
    return r;
}
