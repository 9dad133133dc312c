/* Photos: decoded by prep-media, a short-lived process without network and file
 * access, and kept only as the JPEGs that it makes of them: "-w320.jpg",
 * "-w800.jpg" and "-w1600.jpg", upright, without metadata, never larger than the
 * picture was. The upload itself is not kept. */
#ifndef STORAGE_MEDIA_H
#define STORAGE_MEDIA_H

#include "storage/store.h"

enum { MEDIA_PHOTO_BYTES_MAX = 2 * 1024 * 1024, MEDIA_TIMEOUT_MS = 15000 };

/* The suffixes of a photo's variants, small to large, ended by NULL. */
extern const char *const media_variants[];

struct media_photo {
    const char *hash;  /* of the upload; the variants' name in the store */
    int width, height; /* upright, of the upload */
};

/* Makes and keeps the variants of the picture in the file SOURCE. R_INVALID: *WHY
 * is a sentence for the person (no JPEG, PNG or WebP; broken; too small, large or
 * long). R_FAULT: the program or the store failed (logged). */
enum result media_keep_photo(const struct store *s, struct arena *a,
    const char *program, const char *source, struct media_photo *out, const char **why);

/* Removes a photo's variants. Two kitchens may show the same picture under the same
 * hash: first see that no other row names it. */
enum result media_drop_photo(const struct store *s, struct arena *a, const char *hash);

#endif
