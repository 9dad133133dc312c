/* Submission of a message to a mail server, through libcurl. */
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include <stdbool.h>

#include "net/net.h"
#include "util/arena.h"
#include "util/result.h"
#include "util/text.h"

struct smtp_server {
    const char *url;             /* "smtps://host", "smtp://host:587" */
    const char *user, *password; /* NULL or "": none */
};

/* True for smtps://host and smtp://host, without user name, path or query. */
bool smtp_url_ok(const char *url);

/* Hands over MESSAGE (bytes with CRLF) from FROM to TO, bare addresses. TLS is a
 * must except towards 127.0.0.1. R_INVALID: the server refuses this mail for good;
 * R_UPSTREAM: try again later (it may, rarely, have been taken all the same). *WHY
 * gets the reason. */
enum result smtp_send(struct net *n, struct arena *a, const struct smtp_server *server,
    const char *from, const char *to, struct span message, const char **why);

#endif
