/* Passwords: Argon2id by libsodium. OWASP's 19 MiB, two passes; a stored hash
 * that asks for more than 64 MiB or four passes is not even tried. */
#ifndef DOMAIN_PASSWORDS_H
#define DOMAIN_PASSWORDS_H

#include "app/ctx.h"

enum { PASSWORD_MIN = 8, PASSWORD_MAX = 128 };

/* A sentence why PASSWORD may not be used (too short, too long, common, or made
 * of EMAIL, NAME or the name of the house), or NULL if it may. Length is counted in
 * characters. */
const char *passwords_refuse(const char *password, const char *email, const char *name);

/* The hash to store. R_BUSY when memory is short. */
enum result passwords_hash(struct ctx *c, const char *password, const char **hash);

/* R_DENIED if it is not the password. HASH NULL (no such account) takes as long. */
enum result passwords_verify(struct ctx *c, const char *password, const char *hash);

/* True if HASH was made with other settings than today's. */
bool passwords_stale(const struct ctx *c, const char *hash);

#endif
