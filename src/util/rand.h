/* Randomness has one seam. It is libsodium's generator, unless a test has fixed
 * the seed. */
#ifndef UTIL_RAND_H
#define UTIL_RAND_H

#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

enum { RAND_UID_LENGTH = 22 };

/* Starts libsodium; call once per process before anything else here. */
void rand_open(void);

void rand_bytes(void *bytes, size_t n);

/* 0 <= result < LIMIT, each equally likely. */
uint32_t rand_below(uint32_t limit);

/* 128 random bits as 22 characters of URL-safe base64. */
char *rand_uid(struct arena *a);

/* 256 random bits as 43 characters: for cookies and mailed links. */
char *rand_token(struct arena *a);

/* Tests only: from here on a fixed sequence. */
void rand_seed(uint64_t seed);

#endif
