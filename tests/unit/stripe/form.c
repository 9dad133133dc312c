#include "stripe/form.h"

#include <signal.h>

#include "unit.h"

START_TEST(values_are_encoded_and_keys_keep_their_brackets)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_int(&form, "amount", 61845);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "line_items[0][price_data][product_data][name]",
        "Bob's & Co. = 100 %+\xc3\xa9~");
    stripe_form_text(&form, "absent", NULL);
    stripe_form_text(&form, "description", "");
    stripe_form_bool(&form, "capabilities[transfers][requested]", true);
    stripe_form_cents(&form, "x[amount]", cents_of(-5));
    ck_assert_str_eq(form.at,
        "amount=61845&metadata[app]=prep&line_items[0][price_data][product_data][name]="
        "Bob%27s%20%26%20Co.%20%3D%20100%20%25%2B%C3%A9~&description=&"
        "capabilities[transfers][requested]=true&x[amount]=-5");
    buf_free(&form);
}
END_TEST

START_TEST(a_key_that_would_need_encoding_is_a_bug)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_int(&form, "a&b", 1);
}
END_TEST

void unit_stripe_form(Suite *s)
{
    TCase *t = tcase_create("form");
    tcase_add_test(t, values_are_encoded_and_keys_keep_their_brackets);
    tcase_add_test_raise_signal(t, a_key_that_would_need_encoding_is_a_bug, SIGABRT);
    suite_add_tcase(s, t);
}
