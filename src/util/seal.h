/* Keyed hashes and sealed secrets (libsodium). KEY is the site's 32 bytes;
 * PURPOSE keeps a value made for one use from being taken for another. */
#ifndef UTIL_SEAL_H
#define UTIL_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

enum { SEAL_KEY_BYTES = 32, SEAL_HASH_BYTES = 32 };

/* SHA-256: for looking up tokens that are random themselves. OUT has 32 bytes. */
void seal_hash(const char *token, unsigned char out[SEAL_HASH_BYTES]);

/* A MAC of TEXT as 43 characters of URL-safe base64. */
char *seal_mac(struct arena *a, const char *key, const char *purpose, const char *text);

/* Constant-time: does MAC belong to TEXT? */
bool seal_mac_ok(struct arena *a, const char *key, const char *purpose,
    const char *text, const char *mac);

/* Authenticated encryption (XChaCha20-Poly1305) of a short text. */
void *seal_close(
    struct arena *a, const char *key, const char *purpose, const char *text, size_t *n);

/* The text again, or NULL if it was not sealed with this key for this purpose. */
char *seal_open(struct arena *a, const char *key, const char *purpose,
    const void *sealed, size_t n);

#endif
