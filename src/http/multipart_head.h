/* The headers of one part of a multipart body, for multipart.c. */
#ifndef HTTP_MULTIPART_HEAD_H
#define HTTP_MULTIPART_HEAD_H

#include "util/arena.h"
#include "util/result.h"

struct multipart_head {
    const char *name;     /* of the field */
    const char *filename; /* NULL: a text field; "": a file input left empty */
    const char *type;     /* lower case; never NULL */
};

/* Reads N bytes of header lines, each with its CR LF. On R_INVALID *REASON is a
 * sentence for the person. */
enum result multipart_head_read(struct arena *a, const char *bytes, size_t n,
    struct multipart_head *out, const char **reason);

/* The boundary in a Content-Type of multipart/form-data, or NULL. */
const char *multipart_boundary(struct arena *a, const char *content_type);

#endif
