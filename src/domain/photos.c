#include "domain/photos.h"

#include "domain/audit.h"
#include "domain/kitchens.h"
#include "storage/media.h"
#include "storage/sniff.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

static struct store store_of(struct ctx *c)
{
    return (struct store) { .root = ctx_printf(c, "%s/photos", c->conf->data_dir),
        .is_public = true };
}

bool photos_on(const struct ctx *c)
{
    return !text_empty(c->conf->media_program);
}

/* ---- reading ---- */

enum result photos_of(struct ctx *c, int64_t kitchen_id, struct photo **out, size_t *n)
{
    struct photo *rows = arena_array(c->arena, PHOTOS_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_PHOTOS_OF);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_int(q, "max", PHOTOS_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct photo) {
            .id = col_int(q, "id"),
            .width = col_int(q, "width"),
            .height = col_int(q, "height"),
            .hash = col_text(q, "hash"),
            .alt = col_text(q, "alt"),
        };
    *out = rows;
    return query_end(r);
}

const char *photos_url(struct arena *a, const char *hash, int width)
{
    static const int widths[] = { 320, 800, 1600 };
    size_t i = 0;
    while (i + 1 < COUNT_OF(widths) && widths[i] < width)
        i++;
    CHECK(media_variants[i] != NULL);
    const char *name = store_name(a, hash, media_variants[i]);
    return name == NULL ? "" : arena_printf(a, "/photos/%s", name);
}

static enum result used(struct ctx *c, const char *hash, bool *out)
{
    struct query *q = db_query(c->db, Q_PHOTOS_USES);
    bind_text(q, "hash", hash);
    TRY(query_step(q));
    *out = col_int(q, "used") != 0;
    return OK;
}

/* ---- adding ---- */

static const char full[] = "A kitchen has at most ten photos. Remove one first.";

static enum result count(struct ctx *c, int64_t kitchen_id, int64_t *out)
{
    struct query *q = db_query(c->db, Q_PHOTOS_COUNT);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_step(q));
    *out = col_int(q, "photos");
    return OK;
}

/* What can be said before the picture is decoded, which is much work. */
static enum result check_upload(struct ctx *c, int64_t kitchen_id, const char *path,
    const char *file_name, int64_t bytes)
{
    int64_t have;
    if (!photos_on(c))
        return fail(c, R_INVALID, "Photos cannot be uploaded here at the moment.");
    TRY(count(c, kitchen_id, &have));
    if (have >= PHOTOS_MAX)
        return fail(c, R_INVALID, full);
    if (bytes == 0)
        return fail(c, R_INVALID, "This file is empty. Choose it again.");
    enum sniff type = sniff_file(path);
    if (type == SNIFF_PDF)
        return fail(c, R_INVALID,
            "This is a PDF, and photos are JPEG, PNG or WebP pictures. Papers have a "
            "page "
            "of their own.");
    if (type != SNIFF_UNKNOWN && !sniff_name_fits(type, file_name))
        return fail(c, R_INVALID,
            "This file holds a %s, but its name says something else. Rename it to end "
            "in "
            "%s.",
            sniff_extension(type) + 1, sniff_extension(type));
    return OK;
}

/* Under the write lock, as is dropping: so nobody drops what is being added. */
static enum result add(struct ctx *c, const struct store *s, int64_t kitchen_id,
    const struct media_photo *photo, const char *file_name)
{
    int64_t have;
    TRY(db_begin(c->db));
    TRY(count(c, kitchen_id, &have));
    if (have >= PHOTOS_MAX)
        return fail(c, R_INVALID, full);
    if (!store_exists(s, c->arena, photo->hash, media_variants[0]))
        return fail(
            c, R_BUSY, "This photo is just being removed elsewhere. Try again.");
    struct query *q = db_query(c->db, Q_PHOTOS_ADD);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_text(q, "hash", photo->hash);
    bind_int(q, "width", photo->width);
    bind_int(q, "height", photo->height);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run(q);
    if (r == R_CONFLICT)
        return fail(c, r, "This photo is there already.");
    TRY(r);
    TRY(audit_add(c, "photo.add", "kitchen", kitchen_id, file_name));
    return db_commit(c->db);
}

/* After the row could not be written. */
static void forget_files(struct ctx *c, const struct store *s, const char *hash)
{
    bool kept = true;
    db_rollback(c->db);
    if (db_begin(c->db) != OK || used(c, hash, &kept) != OK ||
        (!kept && media_drop_photo(s, c->arena, hash) != OK))
        log_warn("photos", "left behind %s", hash);
    db_rollback(c->db);
}

enum result photos_add(struct ctx *c, int64_t kitchen_id, const char *path,
    const char *file_name, int64_t bytes)
{
    struct kitchen k;
    struct media_photo photo;
    const char *why;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(check_upload(c, kitchen_id, path, file_name, bytes));
    struct store s = store_of(c);
    enum result r =
        media_keep_photo(&s, c->arena, c->conf->media_program, path, &photo, &why);
    if (r == R_INVALID)
        return fail(c, r, "%s", why);
    TRY(r);
    r = add(c, &s, kitchen_id, &photo, file_name);
    if (r != OK)
        forget_files(c, &s, photo.hash);
    return r;
}

/* ---- changing ---- */

/* The photos of the acting host's own kitchen, in the transaction that will change
 * them, and which one is meant. */
static enum result begin(struct ctx *c, int64_t kitchen_id, int64_t photo_id,
    struct photo **rows, size_t *n, size_t *at)
{
    struct kitchen k;
    TRY(kitchens_own(c, kitchen_id, &k));
    TRY(db_begin(c->db));
    TRY(photos_of(c, kitchen_id, rows, n));
    for (*at = 0; *at < *n; (*at)++)
        if ((*rows)[*at].id == photo_id)
            return OK;
    return fail(c, R_NOT_FOUND,
        "This photo is gone. Open the page again to see what is there.");
}

static enum result place(
    struct ctx *c, int64_t kitchen_id, const struct photo *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct query *q = db_query(c->db, Q_PHOTOS_PLACE);
        bind_int(q, "id", rows[i].id);
        bind_int(q, "kitchen_id", kitchen_id);
        bind_int(q, "position", (int64_t)i);
        TRY(query_run_one(q));
    }
    return OK;
}

enum result photos_move(
    struct ctx *c, int64_t kitchen_id, int64_t photo_id, enum photo_move move)
{
    struct photo *rows;
    size_t n, at;
    TRY(begin(c, kitchen_id, photo_id, &rows, &n, &at));
    size_t to = move == PHOTO_COVER                ? 0
                : move == PHOTO_UP && at > 0       ? at - 1
                : move == PHOTO_DOWN && at + 1 < n ? at + 1
                                                   : at;
    struct photo moved = rows[at];
    for (; at > to; at--)
        rows[at] = rows[at - 1];
    for (; at < to; at++)
        rows[at] = rows[at + 1];
    rows[to] = moved;
    TRY(place(c, kitchen_id, rows, n));
    TRY(audit_add(c, "photo.move", "kitchen", kitchen_id,
        ctx_printf(c, "photo %lld is number %zu now", (long long)photo_id, to + 1)));
    return db_commit(c->db);
}

enum result photos_describe(
    struct ctx *c, int64_t kitchen_id, int64_t photo_id, const char *alt)
{
    struct photo *rows;
    size_t n, at;
    if (text_utf8_length(alt) > PHOTO_ALT_MAX)
        return fail(c, R_INVALID, "Keep the description under 200 characters.");
    TRY(begin(c, kitchen_id, photo_id, &rows, &n, &at));
    struct query *q = db_query(c->db, Q_PHOTOS_DESCRIBE);
    bind_int(q, "id", photo_id);
    bind_int(q, "kitchen_id", kitchen_id);
    bind_text(q, "alt", alt);
    TRY(query_run_one(q));
    TRY(audit_add(c, "photo.describe", "kitchen", kitchen_id, alt));
    return db_commit(c->db);
}

enum result photos_remove(struct ctx *c, int64_t kitchen_id, int64_t photo_id)
{
    struct photo *rows;
    size_t n, at;
    bool still_used;
    TRY(begin(c, kitchen_id, photo_id, &rows, &n, &at));
    struct query *q = db_query(c->db, Q_PHOTOS_REMOVE);
    bind_int(q, "id", photo_id);
    bind_int(q, "kitchen_id", kitchen_id);
    TRY(query_run_one(q));
    TRY(audit_add(c, "photo.remove", "kitchen", kitchen_id,
        ctx_printf(c, "photo %lld", (long long)photo_id)));
    TRY(used(c, rows[at].hash, &still_used));
    struct store s = store_of(c);
    if (!still_used)
        TRY(media_drop_photo(&s, c->arena, rows[at].hash));
    return db_commit(c->db);
}
