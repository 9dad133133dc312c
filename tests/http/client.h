/* Browsers for the tests: one that keeps cookies and reads CSRF tokens (over
 * libcurl), many that ask at the same time, and one that writes bytes as they are. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <curl/curl.h>

#include "http/stack.h"

struct client {
    const struct stack *stack;
    CURL *curl;
    struct arena *arena;
    int status; /* of the last answer; 0: there was none */
    struct buf head, body;
    const char *location; /* "" without one */
    const char *jar;      /* a Cookie header sent with each request, or NULL */
};

void client_open(struct client *c, const struct stack *s);
void client_close(struct client *c);

/* Another browser's cookies are gone. */
void client_forget(struct client *c);

/* Requests; each returns the status. The path may have a query. */
int client_get(struct client *c, const char *path);
/* FIELDS is an encoded form without csrf, which is taken from the last page. */
int client_post(struct client *c, const char *path, const char *fields);
/* The same without any csrf field. */
int client_post_bare(struct client *c, const char *path, const char *fields);

/* Anything else. NULL or 0 leaves a thing out. */
struct client_request {
    const char *method, *path, *type;
    const void *body;
    size_t n;
    const char *headers[4]; /* "Name: value" */
};
int client_send(struct client *c, const struct client_request *r);

/* Delivers an event as Stripe does. SIGNATURE is the header's value; NULL: none. */
int client_deliver(
    struct client *c, const char *path, const char *body, const char *signature);

/* The token in the last page's forms; fails the test if there is none. */
const char *client_csrf(struct client *c);

/* A header of the last answer, or NULL. */
const char *client_header(struct client *c, const char *name);
bool client_shows(const struct client *c, const char *text);

/* Sends "Cookie: __Host-prep=TOKEN" from now on, beside what it has. */
void client_use_session(struct client *c, const char *token);

/* A token of what is kept under this cookie, "" if there is none. */
const char *client_cookie(struct client *c, const char *name);

/* ---- at the same time ---- */

struct shot {
    const char *path, *cookie, *fields; /* fields NULL: GET */
    const char *header;                 /* one more, or NULL */
    struct curl_slist *headers;
    int status; /* 0: no answer */
    double s;   /* how long it took */
    char location[128];
};

/* Fires N requests at once, each on a connection of its own, and waits for all. */
void client_volley(const struct stack *s, struct shot *shots, size_t n);

/* ---- raw ---- */

/* Sends bytes to PORT, reads until the other side closes or is silent for WAIT_MS,
 * and returns all of it (in A). */
const char *client_raw(
    struct arena *a, int port, const char *bytes, size_t n, int wait_ms);

#endif
