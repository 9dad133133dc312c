/* A webhook as it comes from outside: first line the signature header, the rest
 * the body. Both the header and, as if it had been signed, the body are read. */
#include <string.h>

#include "stripe/objects.h"
#include "stripe/signature.h"
#include "util/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char secret[] = "whsec_fuzz";

static void read_all(const struct json *j)
{
    struct stripe_event event;
    struct stripe_intent intent;
    struct stripe_session session;
    struct stripe_account account;
    struct stripe_refund refund;
    if (stripe_read_event(j, &event) != OK)
        return;
    CHECK(event.id[0] != '\0' && event.object != NULL);
    if (stripe_read_intent(event.object, &intent) == OK)
        CHECK(intent.currency[0] != '\0');
    if (stripe_read_session(event.object, &session) == OK)
        CHECK(session.id[0] != '\0');
    if (stripe_read_account(event.object, &account) == OK)
        CHECK(account.id[0] != '\0');
    if (stripe_read_refund(event.object, &refund) == OK)
        CHECK(refund.id[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new(256 * 1024 * 1024);
    const char *text = n == 0 ? "" : (const char *)bytes;
    const char *end = n == 0 ? NULL : memchr(text, '\n', n);
    size_t header_bytes = end == NULL ? n : (size_t)(end - text);
    const char *header = arena_strndup(a, text, header_bytes);
    struct span body = { text + n, 0 };
    if (end != NULL)
        body = (struct span) { end + 1, n - header_bytes - 1 };
    const char *why;
    if (stripe_signature_check(header, body, secret, 1795522500, &why) != OK)
        CHECK(*why != '\0');
    const char *made = stripe_signature_make(a, body, secret, 1795522500);
    CHECK(stripe_signature_check(made, body, secret, 1795522500, &why) == OK);
    const struct json *j;
    if (json_read(a, body.at, body.n, &j) == OK)
        read_all(j);
    arena_free(a);
    return 0;
}
