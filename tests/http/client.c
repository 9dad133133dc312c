#include "http.h"

#include "http/client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/guard.h"
#include "util/text.h"

enum { ANSWER_MAX = 16 * 1024 * 1024, ANSWER_S = 30 };

static size_t keep(char *bytes, size_t size, size_t n, void *arg)
{
    buf_add(arg, bytes, size * n);
    return size * n;
}

void client_open(struct client *c, const struct stack *s)
{
    *c = (struct client) { .stack = s,
        .curl = curl_easy_init(),
        .location = "",
        .arena = arena_new(64 * 1024 * 1024) };
    CHECK(c->curl != NULL);
    curl_easy_setopt(c->curl, CURLOPT_COOKIEFILE, ""); /* keep cookies */
    buf_init(&c->head, 65536);
    buf_init(&c->body, ANSWER_MAX);
}

void client_close(struct client *c)
{
    curl_easy_cleanup(c->curl);
    buf_free(&c->head);
    buf_free(&c->body);
    arena_free(c->arena);
}

void client_forget(struct client *c)
{
    curl_easy_setopt(c->curl, CURLOPT_COOKIELIST, "ALL");
    c->jar = NULL;
}

/* ---- one request ---- */

static void common_options(CURL *curl, const char *url)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
}

static void set_method(struct client *c, const struct client_request *r)
{
    curl_easy_setopt(c->curl, CURLOPT_HTTPGET, 1L); /* forgets the last request's */
    curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, NULL);
    if (r->body != NULL) {
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, r->body);
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->n);
    }
    if (text_is(r->method, "HEAD"))
        curl_easy_setopt(c->curl, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, r->method);
}

int client_send(struct client *c, const struct client_request *r)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (r->type != NULL)
        headers = curl_slist_append(
            headers, arena_printf(c->arena, "Content-Type: %s", r->type));
    for (size_t i = 0; i < COUNT_OF(r->headers) && r->headers[i] != NULL; i++)
        headers = curl_slist_append(headers, r->headers[i]);
    buf_clear(&c->head);
    buf_clear(&c->body);
    common_options(c->curl, arena_printf(c->arena, "%s%s", c->stack->url, r->path));
    curl_easy_setopt(c->curl, CURLOPT_COOKIE, c->jar);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, keep);
    curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, &c->head);
    curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &c->body);
    set_method(c, r);
    CURLcode code = curl_easy_perform(c->curl);
    long status = 0;
    if (code == CURLE_OK)
        curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    c->status = (int)status;
    curl_slist_free_all(headers);
    const char *location = client_header(c, "Location");
    c->location = location == NULL ? "" : location;
    return c->status;
}

int client_get(struct client *c, const char *path)
{
    return client_send(c, &(struct client_request) { .method = "GET", .path = path });
}

int client_post_bare(struct client *c, const char *path, const char *fields)
{
    return client_send(c, &(struct client_request) { .method = "POST",
                              .path = path,
                              .body = fields,
                              .n = strlen(fields),
                              .type = "application/x-www-form-urlencoded" });
}

int client_post(struct client *c, const char *path, const char *fields)
{
    return client_post_bare(c, path,
        arena_printf(
            c->arena, "%s%scsrf=%s", fields, *fields ? "&" : "", client_csrf(c)));
}

int client_deliver(
    struct client *c, const char *path, const char *body, const char *signature)
{
    const char *header =
        signature == NULL ? NULL
                          : arena_printf(c->arena, "Stripe-Signature: %s", signature);
    return client_send(c, &(struct client_request) { "POST", path, "application/json",
                              body, strlen(body), { header } });
}

/* ---- what came ---- */

const char *client_csrf(struct client *c)
{
    static const char marker[] = "name=\"csrf\" value=\"";
    const char *at = strstr(c->body.at, marker);
    ck_assert_msg(at != NULL, "the last page has no form");
    at += strlen(marker);
    return arena_strndup(c->arena, at, strcspn(at, "\""));
}

const char *client_header(struct client *c, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = c->head.at; *line != '\0';) {
        size_t all = strcspn(line, "\r\n");
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return text_trim(arena_strndup(c->arena, line + n + 1, all - n - 1));
        line += all;
        line += strspn(line, "\r\n");
    }
    return NULL;
}

bool client_shows(const struct client *c, const char *text)
{
    return strstr(c->body.at, text) != NULL;
}

void client_use_session(struct client *c, const char *token)
{
    c->jar = arena_printf(c->arena, "__Host-prep=%s", token);
}

const char *client_cookie(struct client *c, const char *name)
{
    struct curl_slist *list = NULL;
    const char *found = "";
    size_t n = strlen(name);
    curl_easy_getinfo(c->curl, CURLINFO_COOKIELIST, &list);
    for (struct curl_slist *l = list; l != NULL; l = l->next) {
        const char *value = strrchr(l->data, '\t');
        if (value != NULL && (size_t)(value - l->data) > n &&
            strncmp(value - n, name, n) == 0 && value[-(ptrdiff_t)n - 1] == '\t')
            found = arena_strdup(c->arena, value + 1);
    }
    curl_slist_free_all(list);
    return found;
}

/* ---- at the same time ---- */

static size_t take_location(char *bytes, size_t size, size_t n, void *arg)
{
    static const char name[] = "location: ";
    struct shot *shot = arg;
    size_t all = size * n;
    if (all > strlen(name) && strncasecmp(bytes, name, strlen(name)) == 0) {
        size_t value = all - strlen(name);
        value = value < sizeof shot->location ? value : sizeof shot->location - 1;
        memcpy(shot->location, bytes + strlen(name), value);
        shot->location[value] = '\0';
        shot->location[strcspn(shot->location, "\r\n")] = '\0';
    }
    return all;
}

static size_t drop(char *bytes, size_t size, size_t n, void *arg)
{
    return bytes == arg ? 0 : size * n;
}

static CURL *aim(const struct stack *s, struct shot *shot)
{
    char url[512];
    CURL *curl = curl_easy_init();
    CHECK(curl != NULL &&
          (size_t)snprintf(url, sizeof url, "%s%s", s->url, shot->path) < sizeof url);
    shot->status = 0;
    shot->location[0] = '\0';
    common_options(curl, url);
    curl_easy_setopt(curl, CURLOPT_COOKIE, shot->cookie);
    if (shot->fields != NULL)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, shot->fields);
    shot->headers = shot->header == NULL ? NULL : curl_slist_append(NULL, shot->header);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, shot->headers);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_location);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, shot);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, NULL);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, shot);
    return curl;
}

static void score(CURLM *multi)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL;) {
        struct shot *shot;
        long status = 0;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&shot);
        curl_easy_getinfo(m->easy_handle, CURLINFO_TOTAL_TIME, &shot->s);
        if (m->data.result == CURLE_OK)
            curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        shot->status = (int)status;
        curl_multi_remove_handle(multi, m->easy_handle);
        curl_easy_cleanup(m->easy_handle);
        curl_slist_free_all(shot->headers);
    }
}

void client_volley(const struct stack *s, struct shot *shots, size_t n)
{
    CURLM *multi = curl_multi_init();
    int running = 1;
    for (size_t i = 0; i < n; i++)
        curl_multi_add_handle(multi, aim(s, &shots[i]));
    while (running > 0) {
        curl_multi_perform(multi, &running);
        score(multi);
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    curl_multi_cleanup(multi);
}

/* ---- raw
 * ----------------------------------------------------------------------------------------------
 */

const char *client_raw(
    struct arena *a, int port, const char *bytes, size_t n, int wait_ms)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct buf answer;
    char got[16384];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    for (ssize_t sent; n > 0 && (sent = send(fd, bytes, n, MSG_NOSIGNAL)) > 0;
         n -= (size_t)sent)
        bytes += sent;
    buf_init(&answer, ANSWER_MAX);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    for (ssize_t k; poll(&p, 1, wait_ms) > 0 && (k = read(fd, got, sizeof got)) > 0;)
        buf_add(&answer, got, (size_t)k);
    close(fd);
    const char *all = arena_strndup(a, answer.at, answer.n);
    buf_free(&answer);
    return all;
}
