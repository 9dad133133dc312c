#include "util/rand.h"

#include <sodium.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

static bool seeded;
static unsigned char seed_key[randombytes_SEEDBYTES];
static uint64_t seed_count;

void rand_open(void)
{
    CHECK(sodium_init() >= 0);
}

void rand_bytes(void *bytes, size_t n)
{
    if (!seeded) {
        randombytes_buf(bytes, n);
        return;
    }
    seed_count++;
    memcpy(seed_key + 8, &seed_count, sizeof seed_count);
    randombytes_buf_deterministic(bytes, n, seed_key);
}

uint32_t rand_below(uint32_t limit)
{
    CHECK(limit > 0);
    uint32_t x, floor = -limit % limit; /* below it the remainders are uneven */
    do
        rand_bytes(&x, sizeof x);
    while (x < floor);
    return x % limit;
}

char *rand_uid(struct arena *a)
{
    unsigned char bytes[16];
    rand_bytes(bytes, sizeof bytes);
    return text_base64url(a, bytes, sizeof bytes);
}

char *rand_token(struct arena *a)
{
    unsigned char bytes[32];
    rand_bytes(bytes, sizeof bytes);
    return text_base64url(a, bytes, sizeof bytes);
}

void rand_seed(uint64_t seed)
{
    seeded = true;
    seed_count = 0;
    memset(seed_key, 0, sizeof seed_key);
    memcpy(seed_key, &seed, sizeof seed);
}
