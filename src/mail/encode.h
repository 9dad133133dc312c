/* The two encodings of MIME (RFC 2045), and encoded-words (RFC 2047). */
#ifndef MAIL_ENCODE_H
#define MAIL_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"
#include "util/buf.h"
#include "util/text.h"

/* base64 with padding, in lines of 76 with CRLF or in one. */
void encode_base64(struct buf *out, struct span bytes, bool lines);

/* True if TEXT may be sent as it is: ASCII in lines of at most 200, of which none
 * begins with a dot or could be a boundary. Links stay whole then. */
bool encode_is_simple(const char *text);

/* Such a text with CRLF for each line's end. */
void encode_lines(struct buf *out, const char *text);

/* quoted-printable: lines of at most 76 with CRLF. A line's end in TEXT is LF or
 * CRLF. A dot at a line's start is encoded, so no transport can trip over it. */
void encode_quoted(struct buf *out, const char *text);

/* TEXT as encoded-words with a folded line between two, or as it is if it is
 * plain ASCII that could not be mistaken for one. */
char *encode_words(struct arena *a, const char *text);

/* True if all of TEXT is printable ASCII. */
bool encode_is_plain(const char *text);

#endif
