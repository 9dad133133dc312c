#include "util/seal.h"

#include <string.h>

#include "unit.h"
#include "util/rand.h"

static const char key[SEAL_KEY_BYTES] = "an example of thirty-two bytes!";

START_TEST(a_mac_holds_for_its_text_purpose_and_key_only)
{
    struct arena *a = arena_new(64 * 1024);
    char other[SEAL_KEY_BYTES] = "another example of the same len";
    char *mac = seal_mac(a, key, "csrf", "token");
    ck_assert(seal_mac_ok(a, key, "csrf", "token", mac));
    ck_assert(!seal_mac_ok(a, key, "flash", "token", mac));
    ck_assert(!seal_mac_ok(a, key, "csrf", "tokem", mac));
    ck_assert(!seal_mac_ok(a, other, "csrf", "token", mac));
    ck_assert(!seal_mac_ok(a, key, "csrf", "token", NULL));
    ck_assert(!seal_mac_ok(a, key, "csrf", "token", ""));
    for (size_t i = 0; mac[i] != '\0'; i++) {
        mac[i] ^= 1;
        ck_assert(!seal_mac_ok(a, key, "csrf", "token", mac));
        mac[i] ^= 1;
    }
    arena_free(a);
}
END_TEST

START_TEST(what_was_sealed_opens_again_and_nothing_else_does)
{
    struct arena *a = arena_new(64 * 1024);
    size_t n;
    rand_open();
    unsigned char *sealed = seal_close(a, key, "access", "473920", &n);
    ck_assert_str_eq(seal_open(a, key, "access", sealed, n), "473920");
    ck_assert_ptr_null(seal_open(a, key, "other", sealed, n));
    ck_assert_ptr_null(seal_open(a, key, "access", sealed, n - 1));
    ck_assert_ptr_null(seal_open(a, key, "access", NULL, 0));
    for (size_t i = 0; i < n; i++) {
        sealed[i] ^= 1;
        ck_assert_ptr_null(seal_open(a, key, "access", sealed, n));
        sealed[i] ^= 1;
    }
    arena_free(a);
}
END_TEST

void unit_util_seal(Suite *s)
{
    TCase *t = tcase_create("seal");
    tcase_add_test(t, a_mac_holds_for_its_text_purpose_and_key_only);
    tcase_add_test(t, what_was_sealed_opens_again_and_nothing_else_does);
    suite_add_tcase(s, t);
}
