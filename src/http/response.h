/* One answer: status, headers, body. Kept by the worker and used again for the
 * next request, so that its memory is allocated once. response_write makes of it
 * the bytes that a FastCGI or CGI program sends (RFC 3875, section 6). */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/result.h"

enum { RESPONSE_HEADERS_MAX = 48, RESPONSE_HEADERS_BYTES_MAX = 16 * 1024 };

struct response {
    int status;
    struct buf body; /* handlers and the renderer append here */

    /* A header was dropped because it held a control character or there was no
     * room, or a redirect was not allowed: worth a line in the log. */
    bool spoiled;

    /* The rest is for response.c. */
    struct {
        uint32_t name, value; /* where they start in texts */
    } headers[RESPONSE_HEADERS_MAX];
    size_t n;
    struct buf texts; /* names and values, each NUL-terminated */
    bool by_server;   /* the body comes from X-Accel-Redirect */
};

/* The body may grow to BODY_MAX bytes. */
void response_init(struct response *r, size_t body_max);
void response_free(struct response *r);

/* 200, no headers, no body; memory is kept. */
void response_clear(struct response *r);

/* Sets a header, in place of an earlier one of that name. NAME is a token of ours
 * (anything else is a bug); a VALUE with CR, LF, NUL or another control character
 * is dropped and the response marked as spoiled. */
void response_header(struct response *r, const char *name, const char *value);
void response_header_int(struct response *r, const char *name, int64_t n);

/* Adds one more of the same name: Set-Cookie, Link. */
void response_header_add(struct response *r, const char *name, const char *value);

/* The value, or NULL. The name's case does not matter. Good until the next header. */
const char *response_header_get(const struct response *r, const char *name);

/* A redirect within this site: 303 after a POST, 301/302/307/308 otherwise. A
 * LOCATION that is no local path (http/local_path.h) is replaced by "/" and marks
 * the response as spoiled. The body is emptied. */
void response_redirect(struct response *r, int status, const char *location);

/* A redirect with 303 to another site. Only for addresses that came from the
 * configuration or from Stripe's answers, never from a browser. Whatever is not an
 * absolute http(s) address of printable ASCII becomes "/" and marks the response. */
void response_redirect_away(struct response *r, const char *url);

/* Lets the web server send a private file: PREFIX is constant, an `internal`
 * location ("/private/documents/"); NAME is one that we made ourselves (letters,
 * digits, '_', '-', and '/' or '.' between them), all else is a bug. TYPE is its
 * Content-Type. */
void response_file(
    struct response *r, const char *prefix, const char *name, const char *type);

/* Content-Disposition (RFC 6266, RFC 8187): to be saved under FILENAME, which may
 * be any UTF-8. */
void response_attachment(struct response *r, const char *filename);

/* Adds the security headers, each unless the handler has set its own: nosniff,
 * Referrer-Policy, COOP, CORP, Permissions-Policy, X-Frame-Options and
 * Cache-Control: no-store; with HTTPS also Strict-Transport-Security. CSP is the
 * Content-Security-Policy, or NULL for none. */
void response_secure(struct response *r, const char *csp, bool https);

/* The whole answer appended to OUT, to be sent in one piece. Without a
 * Content-Type the body is HTML. With HEAD (the request's method) the body is
 * left out and its Content-Length kept; 204 and 304 have neither. R_FAULT if the
 * body or OUT was too small. */
enum result response_write(const struct response *r, bool head, struct buf *out);

#endif
