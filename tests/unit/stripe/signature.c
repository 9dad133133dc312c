#include "stripe/signature.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

enum { SIGNED_AT = 1795522500 };

static const char body[] = "{\"id\":\"evt_1\",\"object\":\"event\"}";
static const char secret[] = "whsec_test_secret";

/* From the official client, npm stripe 23.1.0: generateTestHeaderString. */
#define GOOD "9890ff0754b7605d86a584a5c0fb04e681629c79489942873986587f541b1360"
#define BAD "9890ff0754b7605d86a584a5c0fb04e681629c79489942873986587f541b1361"
#define UPPER "9890FF0754B7605D86A584A5C0FB04E681629C79489942873986587F541B1360"

static struct span span_of(const char *s)
{
    return (struct span) { s, strlen(s) };
}

static const struct {
    int line;
    const char *body, *secret;
    int64_t at;
    const char *header;
} vectors[] = {
    { __LINE__, body, secret, SIGNED_AT, "t=1795522500,v1=" GOOD },
    { __LINE__, "{\"name\":\"Caf\xc3\xa9 \xf0\x9f\x8d\xb3\"}",
        "whsec_\xc3\xa9t\xc3\xa9", SIGNED_AT,
        "t=1795522500,v1="
        "d3c50a830811755d9ee1ea95f7ae2c4a17e3daa0b40f6a8a4be24e4357d49fca" },
    { __LINE__, "", "whsec_empty", 1,
        "t=1,v1=1e8199df46f7393ec2afd920565ff6f97199d225560a56f46736eb6c67e11275" },
};

START_TEST(signs_and_accepts_as_the_official_client_does)
{
    struct arena *a = arena_new(4096);
    struct span bytes = span_of(vectors[_i].body);
    const char *why;
    ck_assert_str_eq(
        stripe_signature_make(a, bytes, vectors[_i].secret, vectors[_i].at),
        vectors[_i].header);
    ck_assert_int_eq(stripe_signature_check(vectors[_i].header, bytes,
                         vectors[_i].secret, vectors[_i].at, &why),
        OK);
    arena_free(a);
}
END_TEST

static const struct {
    int line;
    const char *header, *secrets;
    int64_t late_s;
    const char *why; /* "": accepted */
} cases[] = {
    { __LINE__, "t=1795522500,v1=" GOOD, secret, 299, "" },
    { __LINE__, "t=1795522500,v1=" GOOD, secret, 300, "" },
    { __LINE__, "t=1795522500,v1=" GOOD, secret, 301, "too_old" },
    { __LINE__, "t=1795522500,v1=" GOOD, secret, -300, "" },
    { __LINE__, "t=1795522500,v1=" GOOD, secret, -301, "too_old" },
    { __LINE__, "t=1795522500,v1=" BAD, secret, 0, "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" BAD, secret, 999, "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" UPPER, secret, 0, "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" BAD ",v1=" GOOD, secret, 0, "" },
    { __LINE__, "t=1795522500,v1=" GOOD ",v1=" BAD, secret, 0, "" },
    { __LINE__, "t=1795522500,v0=" GOOD, secret, 0, "no_v1" },
    { __LINE__, "t=1795522500,v0=" BAD ",v1=" GOOD, secret, 0, "" },
    { __LINE__, "t=1795522500, v1=" GOOD, secret, 0, "" },
    { __LINE__, "v1=" GOOD ",t=1795522500", secret, 0, "" },
    { __LINE__, "t=1795522501,v1=" GOOD, secret, 0, "wrong_signature" },
    { __LINE__, "t=01795522500,v1=" GOOD, secret, 0, "wrong_signature" },
    { __LINE__, "t=1,t=1795522500,v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "t=,v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "t=abc,v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "t=-5,v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "t=99999999999999999999999,v1=" GOOD, secret, 0, "malformed" },
    { __LINE__, "t=1795522500,v1=", secret, 0, "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" GOOD "00", secret, 0, "wrong_signature" },
    { __LINE__, "garbage", secret, 0, "malformed" },
    { __LINE__, ",,,", secret, 0, "malformed" },
    { __LINE__, "", secret, 0, "malformed" },
    { __LINE__, NULL, secret, 0, "malformed" },
    { __LINE__, "t=1795522500,v1=" GOOD, "whsec_other\nwhsec_test_secret\n", 0, "" },
    { __LINE__, "t=1795522500,v1=" GOOD, "whsec_test_secret\r\nwhsec_other", 0, "" },
    { __LINE__, "t=1795522500,v1=" GOOD, "a\nb\nwhsec_test_secret", 0,
        "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" GOOD, "whsec_other", 0, "wrong_signature" },
    { __LINE__, "t=1795522500,v1=" GOOD, "", 0, "no_secret" },
    { __LINE__, "t=1795522500,v1=" GOOD, "\n\n", 0, "no_secret" },
    { __LINE__, "t=1795522500,v1=" GOOD, NULL, 0, "no_secret" },
};

START_TEST(only_a_fresh_v1_under_one_of_two_secrets_counts)
{
    const char *why = NULL;
    enum result r = stripe_signature_check(cases[_i].header, span_of(body),
        cases[_i].secrets, SIGNED_AT + cases[_i].late_s, &why);
    ck_assert_msg(text_is(why, cases[_i].why) && (r == OK) == (*why == '\0'),
        "case at line %d: %s", cases[_i].line, why);
}
END_TEST

START_TEST(each_changed_byte_of_the_body_breaks_the_signature)
{
    char changed[sizeof body];
    const char *why;
    for (size_t i = 0; i + 1 < sizeof body; i++) {
        memcpy(changed, body, sizeof body);
        changed[i] ^= 1;
        ck_assert_int_eq(
            stripe_signature_check("t=1795522500,v1=" GOOD,
                (struct span) { changed, sizeof body - 1 }, secret, SIGNED_AT, &why),
            R_INVALID);
    }
    ck_assert_int_eq(
        stripe_signature_check("t=1795522500,v1=" GOOD,
            (struct span) { body, sizeof body - 2 }, secret, SIGNED_AT, &why),
        R_INVALID);
}
END_TEST

void unit_stripe_signature(Suite *s)
{
    TCase *t = tcase_create("signature");
    tcase_add_loop_test(
        t, signs_and_accepts_as_the_official_client_does, 0, COUNT_OF(vectors));
    tcase_add_loop_test(
        t, only_a_fresh_v1_under_one_of_two_secrets_counts, 0, COUNT_OF(cases));
    tcase_add_test(t, each_changed_byte_of_the_body_breaks_the_signature);
    suite_add_tcase(s, t);
}
