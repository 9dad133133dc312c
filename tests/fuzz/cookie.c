/* Reads anything as a Cookie header. What it takes must be printable, within the
 * limits, and the same when it is read again. */
#include "http/cookies.h"

#include <stdint.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(256 * 1024 * 1024);
    struct cookies c, again;
    cookies_parse(a, arena_strndup(a, (const char *)bytes, n), &c);
    CHECK(c.ours.n <= COOKIES_MAX);
    for (size_t i = 0; i < c.ours.n; i++) {
        const struct param *pair = &c.ours.at[i];
        CHECK(strlen(pair->name) + strlen(pair->value) < COOKIES_BYTES_MAX);
        CHECK(strpbrk(pair->value, " \t\r\n;,\"\\") == NULL);
        cookies_parse(
            a, arena_printf(a, "__Host-%s=%s", pair->name, pair->value), &again);
        CHECK(again.ours.n == 1 && text_is(again.ours.at[0].value, pair->value));
        CHECK(text_is(cookie_get(&again, pair->name), pair->value));
    }
    arena_free(a);
    return 0;
}
