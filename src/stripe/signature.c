#include "stripe/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/guard.h"

enum { HEX_BYTES = 64, SIGNATURES_MAX = 8, HEADER_BYTES_MAX = 1024 };

/* Lower-case hex of the MAC of "t.body". */
static void sign(struct span t, struct span body, struct span secret, char *hex)
{
    struct buf signed_bytes;
    buf_init(&signed_bytes, t.n + 1 + body.n);
    buf_add(&signed_bytes, t.at, t.n);
    buf_addc(&signed_bytes, '.');
    buf_add(&signed_bytes, body.at, body.n);
    CHECK(buf_ok(&signed_bytes));
    unsigned char mac[32];
    unsigned n = 0;
    CHECK(secret.n <= 4096);
    CHECK(HMAC(EVP_sha256(), secret.at, (int)secret.n,
              (const unsigned char *)signed_bytes.at, signed_bytes.n, mac, &n) != NULL);
    CHECK(n == sizeof mac);
    sodium_bin2hex(hex, HEX_BYTES + 1, mac, sizeof mac);
    buf_free(&signed_bytes);
}

struct parsed {
    struct span t;
    int64_t at;
    struct span v1[SIGNATURES_MAX];
    size_t count;
};

/* One "name=value" of the header. Names that are not known pass. */
static bool take_item(struct parsed *p, struct span item)
{
    if (item.n >= 2 && memcmp(item.at, "t=", 2) == 0) {
        char digits[24] = "";
        struct span t = { item.at + 2, item.n - 2 };
        if (p->t.at != NULL || t.n == 0 || t.n >= sizeof digits)
            return false;
        memcpy(digits, t.at, t.n);
        p->t = t;
        return text_int(digits, 0, INT64_MAX / 2, &p->at);
    }
    if (item.n >= 3 && memcmp(item.at, "v1=", 3) == 0 && p->count < SIGNATURES_MAX)
        p->v1[p->count++] = (struct span) { item.at + 3, item.n - 3 };
    return true;
}

static bool parse(const char *header, struct parsed *p)
{
    *p = (struct parsed) { 0 };
    if (header == NULL || strlen(header) > HEADER_BYTES_MAX)
        return false;
    while (*header != '\0') {
        header += strspn(header, " ");
        size_t n = strcspn(header, ",");
        if (!take_item(p, (struct span) { header, n }))
            return false;
        header += n;
        header += *header == ',';
    }
    return p->t.at != NULL;
}

static bool fits(const struct parsed *p, struct span body, struct span secret)
{
    char wanted[HEX_BYTES + 1];
    sign(p->t, body, secret, wanted);
    bool fit = false;
    for (size_t i = 0; i < p->count; i++)
        fit |= p->v1[i].n == HEX_BYTES &&
               sodium_memcmp(p->v1[i].at, wanted, HEX_BYTES) == 0;
    return fit;
}

enum result stripe_signature_check(const char *header, struct span body,
    const char *secrets, int64_t now_at, const char **why)
{
    struct parsed p;
    *why = "malformed";
    if (!parse(header, &p))
        return R_INVALID;
    *why = "no_v1";
    if (p.count == 0)
        return R_INVALID;
    bool fit = false;
    size_t used = 0;
    while (secrets != NULL && *secrets != '\0' && used < STRIPE_SECRETS_MAX) {
        size_t n = strcspn(secrets, "\r\n");
        if (n > 0) {
            used++;
            fit |= fits(&p, body, (struct span) { secrets, n });
        }
        secrets += n + (secrets[n] != '\0');
    }
    *why = used == 0 ? "no_secret" : "wrong_signature";
    if (!fit)
        return R_INVALID;
    *why = "too_old";
    if (p.at < now_at - STRIPE_TOLERANCE_S || p.at > now_at + STRIPE_TOLERANCE_S)
        return R_INVALID;
    *why = "";
    return OK;
}

char *stripe_signature_make(
    struct arena *a, struct span body, const char *secret, int64_t at)
{
    char hex[HEX_BYTES + 1];
    char *t = arena_printf(a, "%lld", (long long)at);
    sign((struct span) { t, strlen(t) }, body, (struct span) { secret, strlen(secret) },
        hex);
    return arena_printf(a, "t=%s,v1=%s", t, hex);
}
