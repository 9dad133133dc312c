#include "util/conf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/folder.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct arena *a;
static struct buf why;
static char *folder;

static void open_folder(void)
{
    a = arena_new(1024 * 1024);
    buf_init(&why, 4096);
    folder = folder_make(a);
}

static void close_folder(void)
{
    folder_drop(folder);
    buf_free(&why);
    arena_free(a);
}

static const char *file_of(const char *text)
{
    const char *path = arena_printf(a, "%s/prep.conf", folder);
    folder_write(path, text, strlen(text));
    return path;
}

static const struct {
    int line;
    const char *text, *reason; /* NULL: taken */
} cases[] = {
    { __LINE__, "", NULL },
    { __LINE__, "# only a comment\n\n  \n", NULL },
    { __LINE__, "site_name = Copper\nhold_s = 300\njobs = no\n", NULL },
    { __LINE__, "hold_s = 3\n", ":1: hold_s must be a whole number from 5 to 3600" },
    { __LINE__, "\nhold_s = ten\n", ":2: hold_s must be" },
    { __LINE__, "jobs = maybe\n", ":1: jobs must be yes or no" },
    { __LINE__, "bogus = 1\n", ":1: no such setting: \"bogus\"" },
    { __LINE__, "hold_s = 60\nhold_s = 60\n", ":2: hold_s is set twice" },
    { __LINE__, "hold_s\n", ":1: expected `name = value`" },
    { __LINE__, "site_name = \xff\n", ":1: site_name is not valid UTF-8" },
    { __LINE__, "base_url = https://prep.example:8443/shop\n", NULL },
    { __LINE__, "base_url = http://[::1]:8080\n", NULL },
    { __LINE__, "base_url = https://prep.example/\n",
        ":1: base_url must be an address" },
    { __LINE__, "base_url = prep.example\n", ":1: base_url must be" },
    { __LINE__, "base_url = ftp://prep.example\n", ":1: base_url must be" },
    { __LINE__, "base_url = https://\n", ":1: base_url must be" },
    { __LINE__, "base_url =\n", ":1: base_url must be" },
    { __LINE__, "base_url = https://prep example\n", ":1: base_url must be" },
    { __LINE__, "base_url = https://prep.example:http\n", ":1: base_url must be" },
    { __LINE__, "base_url = https://prep.example/?a=b\n", ":1: base_url must be" },
    { __LINE__, "stripe_api_base = api.stripe.com\n", ":1: stripe_api_base must be" },
    { __LINE__, "stripe_js_url = javascript:alert(1)\n", ":1: stripe_js_url must be" },
    { __LINE__, "smtp_url =\n", NULL },
    { __LINE__, "smtp_url = smtp://127.0.0.1:2525\n", NULL },
    { __LINE__, "smtp_url = https://mail.example\n", ":1: smtp_url must be" },
    { __LINE__, "smtp_url = mail.example:587\n", ":1: smtp_url must be" },
    { __LINE__, "mail_from = no-reply@prep.example\n", NULL },
    { __LINE__, "mail_from = Prep Kitchens <no-reply@localhost>\n", NULL },
    { __LINE__, "mail_from = Prep, Inc. <no-reply@prep.example>\n", NULL },
    { __LINE__, "mail_from = Prep\n", ":1: mail_from must be a mailbox" },
    { __LINE__, "mail_from = Prep <no-reply>\n", ":1: mail_from must be" },
    { __LINE__, "mail_from = Prep <a@b.example> x\n", ":1: mail_from must be" },
    { __LINE__, "mail_from = a@b.example, c@d.example\n", ":1: mail_from must be" },
    { __LINE__, "mail_from = a@\n", ":1: mail_from must be" },
    { __LINE__, "stripe_secret_key = sk_live_x\n", ":1: no such setting" },
};

START_TEST(a_file_is_taken_whole_or_refused_with_its_line)
{
    struct conf conf;
    enum result r = conf_read(a, file_of(cases[_i].text), &conf, &why);
    if (cases[_i].reason == NULL)
        ck_assert_msg(r == OK, "case at line %d: %s", cases[_i].line, why.at);
    else
        ck_assert_msg(r == R_INVALID && strstr(why.at, cases[_i].reason) != NULL,
            "case at line %d: %s", cases[_i].line, why.at);
}
END_TEST

START_TEST(defaults_hold_without_a_file)
{
    struct conf conf;
    ck_assert_int_eq(conf_read(a, NULL, &conf, &why), OK);
    ck_assert_int_eq(conf.hold_s, 600);
    ck_assert_int_eq(conf.vendor_fee_bp, 2000);
    ck_assert_str_eq(conf.maildir, "/var/lib/prep/mail");
}
END_TEST

START_TEST(the_example_names_every_setting_and_is_itself_a_valid_file)
{
    struct buf example;
    struct conf conf;
    buf_init(&example, 64 * 1024);
    conf_print_example(&example);
    ck_assert_ptr_nonnull(strstr(example.at, "#hold_s = 600\n"));
    /* With the values in force it reads back as the defaults. */
    char *text = arena_strndup(a, example.at, example.n);
    for (char *p = text; (p = strstr(p, "\n#")) != NULL; p++)
        if (p[2] != ' ')
            p[1] = ' ';
    enum result r = conf_read(a, file_of(text), &conf, &why);
    ck_assert_msg(r == OK, "%s", why.at);
    ck_assert_int_eq(conf.max_days_ahead, 365);
    buf_free(&example);
}
END_TEST

START_TEST(the_example_in_the_tree_is_what_the_program_prints)
{
    const char *source = getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".";
    struct buf example;
    size_t n;
    buf_init(&example, 64 * 1024);
    conf_print_example(&example);
    ck_assert_str_eq(
        folder_read(a, arena_printf(a, "%s/prep.conf.example", source), &n),
        example.at);
    buf_free(&example);
}
END_TEST

START_TEST(a_secret_that_others_may_read_is_refused)
{
    struct conf conf;
    const char *key = arena_printf(a, "%s/key", folder);
    folder_write(key, "sk_test_1\n", 10);
    ck_assert_int_eq(
        conf_read(a, file_of(arena_printf(a, "stripe_secret_key_file = %s\n", key)),
            &conf, &why),
        OK);
    ck_assert_int_eq(chmod(key, 0644), 0);
    ck_assert_int_eq(conf_read_secrets(a, &conf, &why), R_INVALID);
    ck_assert_ptr_nonnull(strstr(why.at, "chmod 600"));
    ck_assert_int_eq(chmod(key, 0600), 0);
    buf_clear(&why);
    ck_assert_int_eq(conf_read_secrets(a, &conf, &why), OK);
    ck_assert_str_eq(conf.stripe_secret_key, "sk_test_1");
}
END_TEST

START_TEST(a_webhook_has_one_secret_or_during_a_rotation_two)
{
    struct conf conf;
    const char *file = arena_printf(a, "%s/connect", folder);
    const char *text =
        arena_printf(a, "stripe_webhook_connect_secret_file = %s\n", file);
    ck_assert_int_eq(conf_read(a, file_of(text), &conf, &why), OK);
    folder_write(file, "whsec_1\n\nwhsec_2\n", 17);
    ck_assert_int_eq(chmod(file, 0600), 0);
    ck_assert_int_eq(conf_read_secrets(a, &conf, &why), OK);
    ck_assert_str_eq(conf.stripe_webhook_connect_secrets, "whsec_1\n\nwhsec_2");
    ck_assert_str_eq(conf.stripe_webhook_secrets, "");
    folder_write(file, "whsec_1\nwhsec_2\nwhsec_3\n", 24);
    ck_assert_int_eq(conf_read_secrets(a, &conf, &why), R_INVALID);
    ck_assert_ptr_nonnull(strstr(why.at, "more than 2 lines"));
}
END_TEST

START_TEST(what_payments_cannot_do_without_is_named)
{
    struct conf conf;
    ck_assert_int_eq(
        conf_read(a,
            file_of("stripe_publishable_key = pk_test_1\n"
                    "stripe_secret_key_file = /k\nstripe_webhook_secret_file = /w\n"),
            &conf, &why),
        OK);
    conf_print_missing(&conf, &why);
    ck_assert_str_eq(why.at, "stripe_webhook_connect_secret_file is missing: Stripe's "
                             "events of hosts' accounts are refused\n");
}
END_TEST

void unit_util_conf(Suite *s)
{
    TCase *t = tcase_create("conf");
    tcase_add_checked_fixture(t, open_folder, close_folder);
    tcase_add_loop_test(
        t, a_file_is_taken_whole_or_refused_with_its_line, 0, COUNT_OF(cases));
    tcase_add_test(t, defaults_hold_without_a_file);
    tcase_add_test(t, the_example_names_every_setting_and_is_itself_a_valid_file);
    tcase_add_test(t, the_example_in_the_tree_is_what_the_program_prints);
    tcase_add_test(t, a_secret_that_others_may_read_is_refused);
    tcase_add_test(t, a_webhook_has_one_secret_or_during_a_rotation_two);
    tcase_add_test(t, what_payments_cannot_do_without_is_named);
    suite_add_tcase(s, t);
}
