/* A mail as bytes (RFC 5322, MIME): our own headers, text and HTML side by side,
 * attachments. Both transports send exactly these bytes. */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/result.h"
#include "util/text.h"

enum {
    MAIL_BYTES_MAX = 1024 * 1024,
    MAIL_SUBJECT_BYTES_MAX = 400,
    MAIL_ADDRESS_BYTES_MAX = 254,
    MAIL_ATTACHMENTS_MAX = 4,
};

struct mail_attachment {
    const char *filename; /* letters, digits, '.', '-', '_' */
    const char *type;     /* "text/calendar; charset=utf-8; method=PUBLISH" */
    struct span bytes;
};

struct mail {
    const char *from;         /* "Prep <no-reply@prep.example>", or the bare address */
    const char *to, *to_name; /* the address; the name may be NULL */
    const char *subject;      /* UTF-8 */
    const char *text, *html;  /* UTF-8; html may be NULL */
    const char *uid;          /* unique, letters, digits, '-', '_': the Message-ID */
    int64_t at;               /* the Date */
    const char *unsubscribe;  /* URL for List-Unsubscribe, or NULL */
    const struct mail_attachment *attachments;
    size_t attachment_count; /* at most MAIL_ATTACHMENTS_MAX */
};

/* The type of an .ics attachment. */
#define MAIL_ICS_TYPE "text/calendar; charset=utf-8; method=PUBLISH"

/* Appends the whole message to OUT. R_INVALID, with a sentence in *WHY, if an
 * address is none, a header would hold a control character, or it is too long. */
enum result mail_write(
    struct buf *out, struct arena *a, const struct mail *m, const char **why);

/* True for "local@domain" in ASCII that needs no quoting. */
bool mail_address_ok(const char *address);

/* The address in "Name <address>" or a bare one, or NULL if there is none. */
const char *mail_address_of(struct arena *a, const char *mailbox);

/* Appends "NAME: VALUE" and a line end. The only way into a header: R_INVALID if
 * VALUE has a control character or a byte past ASCII (nothing is written then). */
enum result mail_header_add(struct buf *out, const char *name, const char *value);

/* The same for free text in UTF-8: as encoded-words (RFC 2047) if it needs them. */
enum result mail_header_add_text(
    struct buf *out, struct arena *a, const char *name, const char *text);

#endif
