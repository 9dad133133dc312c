#include "util/seal.h"

#include <sodium.h>
#include <string.h>

#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

void seal_hash(const char *token, unsigned char out[SEAL_HASH_BYTES])
{
    crypto_hash_sha256(out, (const unsigned char *)token, strlen(token));
}

/* A key of its own for each purpose. */
static void purpose_key(const char *key, const char *purpose, unsigned char out[32])
{
    crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose),
        (const unsigned char *)key, SEAL_KEY_BYTES);
}

char *seal_mac(struct arena *a, const char *key, const char *purpose, const char *text)
{
    unsigned char own[32], mac[32];
    purpose_key(key, purpose, own);
    crypto_generichash(
        mac, sizeof mac, (const unsigned char *)text, strlen(text), own, sizeof own);
    return text_base64url(a, mac, sizeof mac);
}

bool seal_mac_ok(struct arena *a, const char *key, const char *purpose,
    const char *text, const char *mac)
{
    const char *right = seal_mac(a, key, purpose, text);
    size_t n = strlen(right);
    return mac != NULL && strlen(mac) == n && sodium_memcmp(right, mac, n) == 0;
}

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

void *seal_close(
    struct arena *a, const char *key, const char *purpose, const char *text, size_t *n)
{
    unsigned char own[32];
    purpose_key(key, purpose, own);
    size_t length = strlen(text);
    unsigned char *sealed = arena_alloc(a, NONCE + length + TAG);
    rand_bytes(sealed, NONCE);
    unsigned long long got;
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, &got,
              (const unsigned char *)text, length, NULL, 0, NULL, sealed, own) == 0);
    *n = NONCE + (size_t)got;
    return sealed;
}

char *seal_open(
    struct arena *a, const char *key, const char *purpose, const void *sealed, size_t n)
{
    if (sealed == NULL || n < NONCE + TAG)
        return NULL;
    unsigned char own[32];
    purpose_key(key, purpose, own);
    const unsigned char *bytes = sealed;
    unsigned char *text = arena_alloc(a, n - NONCE - TAG + 1);
    unsigned long long got;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            text, &got, NULL, bytes + NONCE, n - NONCE, NULL, 0, bytes, own) != 0)
        return NULL;
    return (char *)text;
}
