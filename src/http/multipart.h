/* multipart/form-data (RFC 7578), read while it arrives: files go straight to a
 * folder on disk, text fields into params. Strict on purpose: what no browser
 * sends (a preamble, folded headers, a transfer encoding, parts in parts) is
 * refused with a reason, and then nothing is left on disk. */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/params.h"
#include "http/request.h"
#include "util/arena.h"
#include "util/result.h"

enum {
    MULTIPART_PARTS_MAX = 20,
    MULTIPART_HEAD_BYTES_MAX = 8 * 1024, /* headers of one part */
    MULTIPART_BOUNDARY_MAX = 70,
    MULTIPART_FILENAME_MAX = 200, /* characters */
};

struct multipart_limits {
    const char *folder; /* where files are put, under names of ours, mode 0600 */
    size_t files_max;
    int64_t file_bytes_max;
    size_t text_bytes_max; /* of each text field */
};

struct upload {
    const char *name;     /* of the field */
    const char *filename; /* without folders, leading dots and hidden characters */
    const char *type;     /* as declared, lower case: a claim, not a fact */
    const char *path;     /* in limits.folder */
    int64_t bytes;        /* may be 0 */
};

struct multipart;

/* A parser for a body of that Content-Type. R_INVALID if it names no usable
 * boundary; *OUT is set all the same, for its reason. LIMITS is copied. */
enum result multipart_new(struct arena *a, const char *content_type,
    const struct multipart_limits *limits, struct multipart **out);

/* The next N bytes, cut anywhere. R_INVALID: refused; R_FAULT: the disk failed.
 * Either way all files are gone and every further call answers the same. */
enum result multipart_feed(struct multipart *p, const char *bytes, size_t n);

/* No more bytes will come. R_INVALID if that is too early. */
enum result multipart_end(struct multipart *p);

/* After a failure: the sentence for the person, and whether 413 is the status. */
const char *multipart_reason(const struct multipart *p);
bool multipart_too_large(const struct multipart *p);

/* After multipart_end. A file input left empty yields no upload. */
const struct params *multipart_params(const struct multipart *p);
const struct upload *multipart_uploads(const struct multipart *p, size_t *n);

/* Removes the files that are still there; whoever wants to keep one has moved it
 * by then. May be called at any time and again. */
void multipart_discard(struct multipart *p);

/* Reads the whole body of a request. R_INVALID sets the request's refused (400,
 * 413 or 415). Only after OK is *OUT set, and the caller discards it in the end. */
enum result request_multipart(struct arena *a, struct request *req,
    const struct multipart_limits *limits, struct multipart **out);

#endif
