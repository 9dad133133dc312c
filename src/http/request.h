/* One request as the web server handed it over: CGI variables (RFC 3875) and a
 * body behind a callback, so that tests need no socket. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "http/method.h"
#include "http/params.h"
#include "util/arena.h"
#include "util/result.h"
#include "util/text.h"

/* A CGI variable: "REQUEST_METHOD", "POST". */
struct request_param {
    const char *name, *value;
};

/* Where the body comes from: up to N bytes into BYTES, how many; 0 at the end,
 * -1 if the connection failed. */
struct body_reader {
    ssize_t (*read)(void *arg, void *bytes, size_t n);
    void *arg;
};

struct request {
    enum http_method method;
    const char *path;           /* decoded UTF-8 from '/' on, no control characters */
    const char *query_string;   /* as it came; "" if there was none */
    const struct params *query; /* the same, read */

    const char *content_type; /* NULL if there was none, like all below */
    int64_t content_length;   /* 0 if there was none */
    const char *cookie_header;
    const char *host;           /* letters, digits and .-:[] only, in lower case */
    const char *remote_address; /* of the web server's peer; no header overrides it */
    const char *user_agent, *referer; /* printable ASCII, cut to 400 bytes */
    const char *origin;
    const char *sec_fetch_site;
    const char *request_id; /* the web server's: letters, digits, '-' and '_' */
    const char *if_none_match;
    const char *stripe_signature;
    bool https;

    struct body_reader body; /* set by the caller after request_parse */

    /* After R_INVALID: the status to answer with (400, 413, 415) and the sentence
     * for the person. 0 and NULL as long as nothing was refused. */
    int refused_status;
    const char *refused;
};

/* Reads N variables. The path is DOCUMENT_URI, which the web server has decoded
 * and tidied, or, without one, the path part of REQUEST_URI, decoded here.
 * R_INVALID (with refused set): no method or path, a path or query with broken
 * escapes, bad UTF-8, NUL or control characters, a Content-Length or Host that is
 * none. *OUT is filled as far as it was read. Strings live as long as A and the
 * variables. */
enum result request_parse(
    struct arena *a, const struct request_param *pairs, size_t n, struct request *out);

/* The same variables from a list "NAME=VALUE" that ends with NULL. */
struct request_param *request_params_of_env(
    struct arena *a, char *const *env, size_t *n);

/* The whole body, which may be MAX bytes long. R_INVALID (with refused set) if
 * more were declared, or fewer or more came than were declared. Once only. */
enum result request_body(
    struct arena *a, struct request *req, size_t max, struct span *out);

/* The body as a form (application/x-www-form-urlencoded). R_INVALID (with refused
 * set) also if it is of another type or malformed. */
enum result request_form(
    struct arena *a, struct request *req, size_t max, struct params *out);

/* True if the body declares this media type, whatever its parameters. */
bool request_type_is(const struct request *req, const char *media_type);

/* Sets refused and returns R_INVALID. */
enum result request_refuse(struct request *req, int status, const char *sentence);

/* "GET"; "other" for HTTP_OTHER. */
const char *http_method_name(enum http_method m);

#endif
