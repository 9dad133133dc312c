/* The photos of a kitchen: kept as the JPEGs that storage/media.h makes of them, in
 * the order that the host gives them; the first is the cover. */
#ifndef DOMAIN_PHOTOS_H
#define DOMAIN_PHOTOS_H

#include "app/ctx.h"
#include "storage/store.h"

enum { PHOTOS_MAX = 10, PHOTO_ALT_MAX = 200 /* characters */ };

struct photo {
    int64_t id, width, height;
    const char *hash, *alt; /* alt: what it shows, for those who do not see it; or "" */
};

/* The photos of a kitchen in order, for anybody who may see it. */
enum result photos_of(struct ctx *c, int64_t kitchen_id, struct photo **out, size_t *n);

/* "/photos/ab/ab12...-w800.jpg": the smallest variant at least WIDTH wide (320, 800,
 * 1600), or the largest. "" if HASH names no photo. */
const char *photos_url(struct arena *a, const char *hash, int width);

/* Can photos be uploaded on this site? */
bool photos_on(const struct ctx *c);

/* Makes a photo of the uploaded file PATH, as the last one of the acting host's own
 * kitchen. R_INVALID: no picture that we take, or one too many; R_CONFLICT: it is
 * there already. The sentence says which. */
enum result photos_add(struct ctx *c, int64_t kitchen_id, const char *path,
    const char *file_name, int64_t bytes);

/* The acting host's own. R_NOT_FOUND if the kitchen has no such photo (any more). */
enum photo_move { PHOTO_UP, PHOTO_DOWN, PHOTO_COVER };
enum result photos_move(
    struct ctx *c, int64_t kitchen_id, int64_t photo_id, enum photo_move move);
enum result photos_describe(
    struct ctx *c, int64_t kitchen_id, int64_t photo_id, const char *alt);
enum result photos_remove(struct ctx *c, int64_t kitchen_id, int64_t photo_id);

#endif
