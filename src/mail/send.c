#include "mail/send.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mail/maildir.h"
#include "mail/smtp.h"

/* Read for each mail, so that a changed password needs no restart. */
static enum result read_password(
    struct arena *a, const char *file, const char **password, const char **why)
{
    char line[512];
    FILE *f = fopen(file, "re");
    bool got = f != NULL && fgets(line, sizeof line, f) != NULL;
    if (!got)
        *why = arena_printf(
            a, "%s: %s", file, f == NULL ? strerror(errno) : "no password in it");
    if (f != NULL)
        fclose(f);
    if (!got)
        return R_UPSTREAM;
    line[strcspn(line, "\r\n")] = '\0';
    *password = arena_strdup(a, line);
    return OK;
}

static enum result submit(const struct mail_transport *t, struct arena *a,
    const struct mail *m, struct span bytes, const char **why)
{
    struct smtp_server server = { .url = t->smtp_url, .user = t->smtp_user };
    if (!text_empty(t->smtp_user))
        TRY(read_password(a, t->smtp_password_file, &server.password, why));
    return smtp_send(
        t->net, a, &server, mail_address_of(a, m->from), m->to, bytes, why);
}

enum result mail_send(const struct mail_transport *t, struct arena *a,
    const struct mail *m, const char **why)
{
    struct buf bytes;
    buf_init(&bytes, MAIL_BYTES_MAX);
    enum result r = mail_write(&bytes, a, m, why);
    if (r == OK) {
        struct span all = { bytes.at, bytes.n };
        r = text_empty(t->smtp_url) ? maildir_deliver(a, t->maildir, all, m->at, why)
                                    : submit(t, a, m, all, why);
    }
    buf_free(&bytes);
    return r;
}
