#include "domain/passwords.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "domain/common_passwords.h"
#include "util/text.h"

enum { PASSES = 2, PASSES_MAX = 4, MEMORY_MAX_KIB = 65536 };

static int compare(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

/* "Summer2026!" is as common as "summer": digits and signs at the end do not help. */
static bool is_common(const char *password)
{
    char word[PASSWORD_MAX * 4 + 1];
    size_t n = strlen(password);
    if (n >= sizeof word)
        return false;
    memcpy(word, password, n + 1);
    text_lower(word);
    if (bsearch(word, common_passwords, common_passwords_count,
            sizeof *common_passwords, compare))
        return true;
    size_t different = 0;
    bool seen[256] = { false };
    for (size_t i = 0; i < n; i++) {
        different += !seen[(unsigned char)word[i]];
        seen[(unsigned char)word[i]] = true;
    }
    return different < 3;
}

static bool holds_word_of(const char *password, const char *s)
{
    char whole[PASSWORD_MAX * 4 + 1], word[64];
    if (strlen(password) >= sizeof whole)
        return false;
    memcpy(whole, password, strlen(password) + 1);
    text_lower(whole);
    size_t n = strcspn(s, "@ ");
    if (n < 4 || n >= sizeof word)
        return false;
    memcpy(word, s, n);
    word[n] = '\0';
    text_lower(word);
    return strstr(whole, word) != NULL && strlen(whole) < n + 6;
}

const char *passwords_refuse(const char *password, const char *email, const char *name)
{
    size_t n = text_utf8_length(password);
    if (n < PASSWORD_MIN)
        return "Use at least 8 characters.";
    if (n > PASSWORD_MAX)
        return "Use at most 128 characters.";
    if (is_common(password))
        return "This password is on the lists that thieves try first. Choose another; "
               "three or four"
               " unrelated words make a good one.";
    if (strcasecmp(password, email) == 0 || holds_word_of(password, email) ||
        holds_word_of(password, name))
        return "This password is too close to your name or address. Choose another.";
    return NULL;
}

enum result passwords_hash(struct ctx *c, const char *password, const char **hash)
{
    char *out = ctx_alloc(c, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(out, password, strlen(password), PASSES,
            (size_t)c->conf->password_mem_kib * 1024,
            crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(c, R_BUSY, "We are very busy. Try again in a minute.");
    *hash = out;
    return OK;
}

/* "$argon2id$v=19$m=19456,t=2,p=1$..." within our limits? */
static bool affordable(const char *hash)
{
    const char *m = strstr(hash, "$m="), *t = m == NULL ? NULL : strstr(m, ",t=");
    if (!text_starts(hash, "$argon2id$") || t == NULL)
        return false;
    return strtol(m + 3, NULL, 10) <= MEMORY_MAX_KIB &&
           strtol(t + 3, NULL, 10) <= PASSES_MAX;
}

enum result passwords_verify(struct ctx *c, const char *password, const char *hash)
{
    if (hash == NULL) {
        const char *wasted;
        TRY(passwords_hash(c, password, &wasted));
        return R_DENIED;
    }
    if (!affordable(hash))
        return R_DENIED;
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0 ? OK
                                                                           : R_DENIED;
}

bool passwords_stale(const struct ctx *c, const char *hash)
{
    return crypto_pwhash_str_needs_rehash(
               hash, PASSES, (size_t)c->conf->password_mem_kib * 1024) != 0;
}
