#include "domain/passwords.h"

#include <sodium.h>
#include <string.h>

#include "domain/common_passwords.h"
#include "util/guard.h"
#include "util/text.h"

enum { PASSES = 2, PASSES_MAX = 4, MEMORY_MAX_KIB = 65536 };
enum { WORD_BYTES = PASSWORD_MAX * 4 + 1, STEM_MIN = 4, TAIL_MAX = 6 };

/* Lower-case copy; false if it is longer than any password may be. */
static bool lower(const char *s, char out[WORD_BYTES])
{
    size_t n = strlen(s);
    if (n >= WORD_BYTES)
        return false;
    memcpy(out, s, n + 1);
    text_lower(out);
    return true;
}

/* How long S is without the ASCII digits and signs at its end. */
static size_t stem_length(const char *s)
{
    size_t n = strlen(s);
    while (n > 0 && (unsigned char)s[n - 1] < 0x80 &&
           !(s[n - 1] >= 'a' && s[n - 1] <= 'z'))
        n--;
    return n;
}

/* The first entry of the list that is not before the N bytes of WORD. */
static size_t first_from(const char *word, size_t n)
{
    size_t low = 0, high = common_passwords_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(common_passwords[middle], word, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* "Summer2026!" is as common as "summer99": a few digits and signs at the end do not
 * help. WORD is in lower case. */
static bool is_listed(const char *word)
{
    size_t n = strlen(word), stem = stem_length(word);
    bool few = stem >= STEM_MIN && (n - stem <= TAIL_MAX || stem >= PASSWORD_MIN);
    size_t same = few ? stem : n;
    for (size_t i = first_from(word, same); i < common_passwords_count; i++) {
        const char *entry = common_passwords[i];
        if (strncmp(entry, word, same) != 0)
            return false;
        if (text_is(entry, word) || (few && stem_length(entry) == stem))
            return true;
    }
    return false;
}

static bool is_common(const char *word)
{
    size_t different = 0;
    bool seen[256] = { false };
    for (const char *s = word; *s != '\0'; s++) {
        different += !seen[(unsigned char)*s];
        seen[(unsigned char)*s] = true;
    }
    return different < 3 || is_listed(word);
}

/* Is WHOLE one of the words of the house and hardly more? */
static bool is_of_the_house(const char *whole)
{
    static const char *const words[] = { "kitchen", "prep" };
    size_t covered = 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        for (const char *s = whole; (s = strstr(s, words[i])) != NULL;
             s += strlen(words[i]))
            covered += strlen(words[i]);
    return 2 * covered >= strlen(whole);
}

/* Is WHOLE the first N bytes of S and hardly more? */
static bool is_about(const char *whole, const char *s, size_t n)
{
    char word[WORD_BYTES];
    if (n < 4 || !lower(s, word))
        return false;
    word[n] = '\0';
    return strstr(whole, word) != NULL && strlen(whole) < n + 6;
}

const char *passwords_refuse(const char *password, const char *email, const char *name)
{
    size_t n = text_utf8_length(password);
    if (n < PASSWORD_MIN)
        return "Use at least 8 characters.";
    if (n > PASSWORD_MAX)
        return "Use at most 128 characters.";
    char whole[WORD_BYTES];
    if (!lower(password, whole))
        return "Use at most 128 characters.";
    if (is_common(whole))
        return "This password is on the lists that thieves try first. Choose another; "
               "three or four"
               " unrelated words make a good one.";
    if (is_of_the_house(whole))
        return "This password is little more than our own name. Choose another.";
    if (is_about(whole, email, strcspn(email, "@")) ||
        is_about(whole, email, strlen(email)) ||
        is_about(whole, name, strcspn(name, " ")) ||
        is_about(whole, name, strlen(name)))
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
