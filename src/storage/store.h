/* Files under the SHA-256 of what they hold: root/ab/ab12...ef[suffix]. A file
 * appears whole or not at all (temporary file, sync, rename), is never changed
 * afterwards, and the same content is kept once. No part of a name comes from a
 * person. */
#ifndef STORAGE_STORE_H
#define STORAGE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/result.h"

enum { STORE_HASH_LENGTH = 64 };

struct store {
    const char *root; /* made when first written to; its parent must be there */
    bool is_public;   /* photos: readable for nginx; else for owner and group only */
};

/* Copies the file SOURCE into the store; *HASH is its name from now on. SOURCE
 * stays. R_NOT_FOUND: SOURCE cannot be read; R_FAULT: the store cannot be written
 * (the reason is in the log). */
enum result store_put_file(
    const struct store *s, struct arena *a, const char *source, const char **hash);

/* Copies SOURCE in as a variant of what HASH names: SUFFIX is ours, such as
 * "-w320.jpg". */
enum result store_put_variant(const struct store *s, struct arena *a,
    const char *source, const char *hash, const char *suffix);

/* Opens for reading; the caller closes *FD. R_NOT_FOUND if there is none. */
enum result store_open(const struct store *s, struct arena *a, const char *hash,
    const char *suffix, int *fd, int64_t *bytes);

bool store_exists(
    const struct store *s, struct arena *a, const char *hash, const char *suffix);

/* OK also when there was none. */
enum result store_remove(
    const struct store *s, struct arena *a, const char *hash, const char *suffix);

/* "ab/ab12...ef-w320.jpg" below the root: for URLs and X-Accel-Redirect. NULL if
 * HASH is not 64 lower-case hexadecimal digits. */
const char *store_name(struct arena *a, const char *hash, const char *suffix);

/* The SHA-256 of a file as hexadecimal. R_NOT_FOUND if it cannot be read. */
enum result store_hash_file(struct arena *a, const char *path, const char **hash);

/* A new private folder in the store's tmp/, for work on the way in; NULL (logged)
 * if it cannot be made. store_drop_folder removes it with the files in it. */
const char *store_make_folder(const struct store *s, struct arena *a);
void store_drop_folder(struct arena *a, const char *folder);

#endif
