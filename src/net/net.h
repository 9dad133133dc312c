/* Calls to outside services, through libcurl: https only (plain http only to
 * 127.0.0.1, for the sandbox and the tests), certificates checked, no redirects,
 * no proxies, no cookies, every wait and every size limited.
 *
 * What matters to the caller is not only the answer but, without one, whether
 * the other side may have acted on the request: the class says so.
 *
 * A process has one struct net, made after fork; its connections are kept. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/result.h"
#include "util/text.h"

struct net;

struct net *net_open(void);
void net_close(struct net *n);

/* From here on each call first asks IDLE and aborts if it says no: set to "no
 * transaction is open", since a transaction must not wait for a stranger. */
void net_require(struct net *n, bool (*idle)(void *arg), void *arg);

struct net_request {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    const char *url;
    const char *const *headers; /* "Name: value" lines, ended by NULL; may be NULL */
    struct span body;           /* of POST and PUT */
    int64_t connect_ms, total_ms;
    size_t max_bytes; /* of the answer's body */
};

enum net_class {
    NET_OK,       /* a whole answer came, whatever its status */
    NET_NOT_SENT, /* no byte of the request left: certainly nothing happened */
    NET_UNKNOWN,  /* the request left, the whole answer never came */
};

struct net_header {
    const char *name, *value;
};

enum { NET_HEADERS_MAX = 64 };

struct net_reply {
    enum net_class class;
    int status;       /* 0 unless NET_OK */
    struct span body; /* NUL-terminated, in the arena */
    struct net_header headers[NET_HEADERS_MAX];
    size_t header_count;
    const char *error; /* for the log; "" with NET_OK */
};

/* Makes the call and writes one log line. The answer lives in A. */
void net_call(struct net *n, struct arena *a, const struct net_request *request,
    struct net_reply *out);

/* The header's value, or NULL. Case does not count; the first one wins. */
const char *net_header(const struct net_reply *reply, const char *name);

/* True for https://... and http://127.0.0.1..., without user name and password. */
bool net_url_ok(const char *url);

/* "ok", "not_sent", "unknown" */
const char *net_class_name(enum net_class class);

#endif
