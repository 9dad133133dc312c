#include "http/multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/multipart_head.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

enum { CHUNK_BYTES = 16 * 1024, FIRST_TEXT_BYTES = 256 };

static const char cut_off[] =
    "The upload broke off before everything had arrived. Send it again.";
static const char unreadable[] =
    "Your browser sent an upload that we cannot read. Choose the file again and "
    "send it once more.";

enum state { FIRST, BETWEEN, HEAD, BODY, EPILOGUE, STATE__MAX };

struct multipart {
    struct arena *arena;
    struct multipart_limits limits;
    enum state state;
    enum result failed; /* OK as long as all is well */
    const char *reason;
    bool too_large;

    /* CR LF "--" boundary. Its CR occurs nowhere else in it, so after a mismatch
     * the search begins anew with the byte at hand. */
    char delimiter[4 + MULTIPART_BOUNDARY_MAX + 1];
    size_t delimiter_n, matched;

    char between[2]; /* what follows a delimiter */
    size_t between_n;
    char head[MULTIPART_HEAD_BYTES_MAX];
    size_t head_n;

    struct multipart_head part; /* at hand */
    size_t parts;
    char *text; /* of a text field */
    size_t text_n, text_cap;
    int fd; /* of a file, -1 without one */
    char chunk[CHUNK_BYTES];
    size_t chunk_n;

    struct params params;
    struct upload uploads[MULTIPART_PARTS_MAX];
    size_t uploads_n;
};

static void close_file(struct multipart *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    p->chunk_n = 0;
}

void multipart_discard(struct multipart *p)
{
    close_file(p);
    for (size_t i = 0; i < p->uploads_n; i++)
        if (unlink(p->uploads[i].path) != 0 && errno != ENOENT)
            log_warn("multipart.unlink", "%s: %s", p->uploads[i].path, strerror(errno));
    p->uploads_n = 0;
}

static enum result refuse(struct multipart *p, const char *reason)
{
    p->failed = R_INVALID;
    p->reason = reason;
    multipart_discard(p);
    return R_INVALID;
}

static enum result refuse_size(struct multipart *p, const char *reason)
{
    p->too_large = true;
    return refuse(p, reason);
}

static enum result disk_failed(struct multipart *p, const char *what)
{
    log_error(what, "%s: %s", p->limits.folder, strerror(errno));
    p->failed = R_FAULT;
    p->reason = "We could not store the file. Try again in a few minutes.";
    multipart_discard(p);
    return R_FAULT;
}

/* ---- files ----------------------------------------------------------------------- */

static enum result open_file(struct multipart *p)
{
    char *path = arena_printf(p->arena, "%s/upload-XXXXXX", p->limits.folder);
    p->fd = FAULT("multipart.open") ? -1 : mkostemp(path, O_CLOEXEC);
    if (p->fd < 0)
        return disk_failed(p, "multipart.open");
    p->uploads[p->uploads_n++] = (struct upload) {
        .name = p->part.name,
        .filename = p->part.filename,
        .type = p->part.type,
        .path = path,
    };
    return OK;
}

static enum result flush_file(struct multipart *p)
{
    for (size_t done = 0; done < p->chunk_n;) {
        ssize_t n = FAULT("multipart.write")
                        ? -1
                        : write(p->fd, p->chunk + done, p->chunk_n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return disk_failed(p, "multipart.write");
        done += (size_t)n;
    }
    p->chunk_n = 0;
    return OK;
}

static enum result add_to_file(struct multipart *p, const char *bytes, size_t n)
{
    struct upload *upload = &p->uploads[p->uploads_n - 1];
    if ((int64_t)n > p->limits.file_bytes_max - upload->bytes)
        return refuse_size(p, "The file is too large. Send a smaller one.");
    upload->bytes += (int64_t)n;
    while (n > 0) {
        size_t room = CHUNK_BYTES - p->chunk_n, take = n < room ? n : room;
        memcpy(p->chunk + p->chunk_n, bytes, take);
        p->chunk_n += take;
        bytes += take;
        n -= take;
        if (p->chunk_n == CHUNK_BYTES)
            TRY(flush_file(p));
    }
    return OK;
}

static enum result end_file(struct multipart *p)
{
    TRY(flush_file(p));
    int fd = p->fd;
    p->fd = -1;
    return close(fd) == 0 ? OK : disk_failed(p, "multipart.close");
}

/* ---- text fields ----------------------------------------------------------------- */

static enum result add_to_text(struct multipart *p, const char *bytes, size_t n)
{
    if (n > p->limits.text_bytes_max - p->text_n)
        return refuse_size(p, "What you wrote is too long. Shorten it and try again.");
    if (p->text_n + n > p->text_cap) {
        size_t cap = p->text_cap == 0 ? FIRST_TEXT_BYTES : p->text_cap;
        while (cap < p->text_n + n)
            cap *= 2;
        char *text = arena_alloc(p->arena, cap);
        if (p->text_n > 0)
            memcpy(text, p->text, p->text_n);
        p->text = text;
        p->text_cap = cap;
    }
    memcpy(p->text + p->text_n, bytes, n);
    p->text_n += n;
    return OK;
}

static enum result end_text(struct multipart *p)
{
    if (!text_utf8_ok(p->text_n == 0 ? "" : p->text, p->text_n))
        return refuse(p,
            "The form holds characters that we cannot read. Retype what you pasted and "
            "send it again.");
    const char *value = arena_strndup(p->arena, p->text, p->text_n);
    p->text_n = 0;
    CHECK(params_add(p->arena, &p->params, p->part.name, value) == OK);
    return OK;
}

/* ---- parts ----------------------------------------------------------------------- */

static enum result begin_part(struct multipart *p)
{
    const char *reason;
    if (++p->parts > MULTIPART_PARTS_MAX)
        return refuse(p, "That is too much at once. Send fewer files.");
    if (multipart_head_read(p->arena, p->head, p->head_n, &p->part, &reason) != OK)
        return refuse(p, reason);
    p->head_n = 0;
    p->state = BODY;
    if (p->part.filename == NULL || *p->part.filename == '\0')
        return OK;
    if (p->uploads_n >= p->limits.files_max)
        return refuse(p, arena_printf(p->arena, "Send at most %zu file%s at once.",
                             p->limits.files_max, p->limits.files_max == 1 ? "" : "s"));
    return open_file(p);
}

static enum result add_to_part(struct multipart *p, const char *bytes, size_t n)
{
    if (p->part.filename == NULL)
        return add_to_text(p, bytes, n);
    if (p->fd >= 0)
        return add_to_file(p, bytes, n);
    return refuse(p, unreadable); /* a file without a name, yet with content */
}

static enum result end_part(struct multipart *p)
{
    p->state = BETWEEN;
    if (p->part.filename == NULL)
        return end_text(p);
    return p->fd >= 0 ? end_file(p) : OK;
}

/* ---- the states: each takes some bytes, sets *used, moves on --------------------- */

/* The body begins with the delimiter, but for its CR LF. */
static enum result take_first(
    struct multipart *p, const char *bytes, size_t, size_t *used)
{
    *used = 1;
    if (*bytes != p->delimiter[p->matched])
        return refuse(p, unreadable);
    if (++p->matched == p->delimiter_n) {
        p->matched = 0;
        p->state = BETWEEN;
    }
    return OK;
}

static enum result take_between(
    struct multipart *p, const char *bytes, size_t, size_t *used)
{
    *used = 1;
    p->between[p->between_n++] = *bytes;
    if (p->between_n < 2)
        return OK;
    p->between_n = 0;
    if (memcmp(p->between, "\r\n", 2) == 0)
        p->state = HEAD;
    else if (memcmp(p->between, "--", 2) == 0)
        p->state = EPILOGUE;
    else
        return refuse(p, unreadable);
    return OK;
}

/* Header lines up to the empty one, which is not kept. */
static enum result take_head(
    struct multipart *p, const char *bytes, size_t, size_t *used)
{
    *used = 1;
    if (p->head_n == sizeof p->head)
        return refuse(p, unreadable);
    p->head[p->head_n++] = *bytes;
    bool empty_line = *bytes == '\n' && p->head_n >= 2 &&
                      p->head[p->head_n - 2] == '\r' &&
                      (p->head_n == 2 || p->head[p->head_n - 3] == '\n');
    if (!empty_line)
        return OK;
    p->head_n -= 2;
    return begin_part(p);
}

static enum result take_body(
    struct multipart *p, const char *bytes, size_t n, size_t *used)
{
    if (p->matched == 0) {
        const char *cr = memchr(bytes, '\r', n);
        *used = cr == NULL ? n : (size_t)(cr - bytes);
        if (*used > 0)
            return add_to_part(p, bytes, *used);
    }
    if (*bytes != p->delimiter[p->matched]) {
        size_t held = p->matched;
        p->matched = 0;
        *used = 0;
        return add_to_part(p, p->delimiter, held);
    }
    *used = 1;
    if (++p->matched < p->delimiter_n)
        return OK;
    p->matched = 0;
    return end_part(p);
}

/* After the last delimiter: one CR LF or nothing. */
static enum result take_epilogue(
    struct multipart *p, const char *bytes, size_t, size_t *used)
{
    *used = 1;
    if (p->matched >= 2 || *bytes != "\r\n"[p->matched])
        return refuse(p, unreadable);
    p->matched++;
    return OK;
}

/* ---- from outside ---------------------------------------------------------------- */

enum result multipart_new(struct arena *a, const char *content_type,
    const struct multipart_limits *limits, struct multipart **out)
{
    struct multipart *p = arena_alloc(a, sizeof *p);
    *out = p;
    *p = (struct multipart) {
        .arena = a, .limits = *limits, .state = FIRST, .matched = 2, .fd = -1
    };
    const char *boundary = multipart_boundary(a, content_type);
    if (boundary == NULL)
        return refuse(p, unreadable);
    stpcpy(stpcpy(p->delimiter, "\r\n--"), boundary);
    p->delimiter_n = strlen(p->delimiter);
    return OK;
}

enum result multipart_feed(struct multipart *p, const char *bytes, size_t n)
{
    static enum result (*const states[STATE__MAX])(
        struct multipart *, const char *, size_t, size_t *) = {
        [FIRST] = take_first,
        [BETWEEN] = take_between,
        [HEAD] = take_head,
        [BODY] = take_body,
        [EPILOGUE] = take_epilogue,
    };
    TRY(p->failed);
    while (n > 0) {
        size_t used = 0;
        TRY(states[p->state](p, bytes, n, &used));
        bytes += used;
        n -= used;
    }
    return OK;
}

enum result multipart_end(struct multipart *p)
{
    TRY(p->failed);
    if (p->state != EPILOGUE || p->matched == 1)
        return refuse(p, cut_off);
    return OK;
}

const char *multipart_reason(const struct multipart *p)
{
    return p->reason;
}

bool multipart_too_large(const struct multipart *p)
{
    return p->too_large;
}

const struct params *multipart_params(const struct multipart *p)
{
    return &p->params;
}

const struct upload *multipart_uploads(const struct multipart *p, size_t *n)
{
    *n = p->uploads_n;
    return p->uploads;
}

/* ---- a request's body ------------------------------------------------------------ */

/* More than this no honest body of these limits can have. */
static int64_t body_max(const struct multipart_limits *limits)
{
    return (int64_t)limits->files_max * limits->file_bytes_max +
           MULTIPART_PARTS_MAX *
               ((int64_t)limits->text_bytes_max + MULTIPART_HEAD_BYTES_MAX +
                   MULTIPART_BOUNDARY_MAX + 16);
}

/* Feeds exactly what was declared; one byte more would be a lie, too. */
static enum result feed_all(struct multipart *p, struct request *req)
{
    char bytes[CHUNK_BYTES];
    int64_t left = req->content_length;
    CHECK(left == 0 || req->body.read != NULL);
    while (left > 0) {
        size_t want = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
        ssize_t got = req->body.read(req->body.arg, bytes, want);
        if (got <= 0)
            return refuse(p, cut_off);
        TRY(multipart_feed(p, bytes, (size_t)got));
        left -= got;
    }
    if (req->body.read != NULL && req->body.read(req->body.arg, bytes, 1) > 0)
        return refuse(p, unreadable);
    return multipart_end(p);
}

enum result request_multipart(struct arena *a, struct request *req,
    const struct multipart_limits *limits, struct multipart **out)
{
    if (!request_type_is(req, "multipart/form-data"))
        return request_refuse(
            req, 415, "This page takes files only. Go back and choose a file.");
    if (req->content_length > body_max(limits))
        return request_refuse(
            req, 413, "What you sent is too large. Send less and try again.");
    struct multipart *p;
    enum result r = multipart_new(a, req->content_type, limits, &p);
    if (r == OK)
        r = feed_all(p, req);
    if (r == R_INVALID)
        return request_refuse(req, p->too_large ? 413 : 400, p->reason);
    if (r == OK)
        *out = p;
    return r;
}
