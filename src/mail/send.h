/* Sends a mail by the way the settings name. */
#ifndef MAIL_SEND_H
#define MAIL_SEND_H

#include "mail/mime.h"
#include "net/net.h"
#include "util/result.h"

struct mail_transport {
    struct net *net;                /* needed with smtp_url only */
    const char *maildir;            /* used when smtp_url is empty */
    const char *smtp_url;           /* "smtps://host", "smtp://host:587" or "" */
    const char *smtp_user;          /* "" or NULL: no login */
    const char *smtp_password_file; /* its first line is the password */
};

/* OK: delivered or taken over. R_INVALID: this mail will never go. R_UPSTREAM,
 * R_FAULT: try again later. *WHY gets the reason for log and outbox, "" with OK. */
enum result mail_send(const struct mail_transport *t, struct arena *a,
    const struct mail *m, const char **why);

#endif
