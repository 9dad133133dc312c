#include "mail/send.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mail/maildir.h"
#include "mail/smtp.h"
#include "support/folder.h"
#include "support/peer.h"
#include "unit.h"
#include "util/guard.h"
#include "util/rand.h"

static struct arena *a;
static const char *folder, *why;
static struct mail m;
static struct peer peer;

static void set_up(void)
{
    a = arena_new(4 * 1024 * 1024);
    rand_open();
    folder = folder_make(a);
    m = (struct mail) { .from = "Prep <no-reply@prep.example>",
        .to = "ann@example.com",
        .subject = "Your booking",
        .text = "Hello\n.\nBcc: nobody\n",
        .uid = "u1",
        .at = 1795522500 };
}

/* Name of the only file in a folder of the Maildir, or NULL if there is none. */
static char *only_file(const char *part)
{
    DIR *d = opendir(arena_printf(a, "%s/box/%s", folder, part));
    ck_assert_ptr_ne(d, NULL);
    char *found = NULL;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        ck_assert_ptr_eq(found, NULL);
        found = arena_printf(a, "%s/box/%s/%s", folder, part, e->d_name);
    }
    closedir(d);
    return found;
}

static void tear_down(void)
{
    folder_drop(folder);
    arena_free(a);
}

START_TEST(without_a_server_the_mail_lands_whole_in_the_maildir)
{
    struct mail_transport t = { .maildir = arena_printf(a, "%s/box", folder),
        .smtp_url = "" };
    ck_assert_int_eq(mail_send(&t, a, &m, &why), OK);
    ck_assert_str_eq(why, "");
    ck_assert_ptr_eq(only_file("tmp"), NULL);
    const char *file = only_file("new");
    struct stat st;
    ck_assert_int_eq(stat(file, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    struct buf wanted;
    buf_init(&wanted, MAIL_BYTES_MAX);
    ck_assert_int_eq(mail_write(&wanted, a, &m, &why), OK);
    size_t n;
    ck_assert_str_eq(folder_read(a, file, &n), wanted.at);
    buf_free(&wanted);
}
END_TEST

START_TEST(a_second_mail_in_the_same_second_gets_its_own_file)
{
    const char *box = arena_printf(a, "%s/box", folder);
    struct span one = { "one\r\n", 5 };
    ck_assert_int_eq(maildir_deliver(a, box, one, 1795522500, &why), OK);
    ck_assert_int_eq(rename(only_file("new"), arena_printf(a, "%s/cur/1", box)), 0);
    ck_assert_int_eq(maildir_deliver(a, box, one, 1795522500, &why), OK);
    ck_assert_ptr_ne(only_file("new"), NULL);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_a_fault_with_its_reason)
{
    struct mail_transport t = { .maildir = arena_printf(a, "%s/no/such/box", folder) };
    ck_assert_int_eq(mail_send(&t, a, &m, &why), R_FAULT);
    ck_assert(strstr(why, "No such file") != NULL);
}
END_TEST

START_TEST(a_server_gets_one_recipient_and_the_same_bytes)
{
    peer_start_smtp(&peer, "");
    struct net *n = net_open();
    struct mail_transport t = { .net = n,
        .smtp_url = arena_printf(a, "smtp://127.0.0.1:%d", peer.port) };
    ck_assert_int_eq(mail_send(&t, a, &m, &why), OK);
    const char *heard = peer_heard(&peer);
    ck_assert(strstr(heard, "MAIL FROM:<no-reply@prep.example>") != NULL);
    const char *rcpt = strstr(heard, "RCPT TO:");
    ck_assert(text_starts(rcpt, "RCPT TO:<ann@example.com>\r\n"));
    ck_assert_ptr_eq(strstr(rcpt + 1, "RCPT TO:"), NULL);
    struct buf wanted;
    buf_init(&wanted, MAIL_BYTES_MAX);
    ck_assert_int_eq(mail_write(&wanted, a, &m, &why), OK);
    buf_adds(&wanted, ".\r\n");
    ck_assert(text_starts(strstr(heard, "DATA\r\n") + 6, wanted.at));
    buf_free(&wanted);
    net_close(n);
    peer_stop(&peer);
}
END_TEST

START_TEST(the_password_comes_from_its_file)
{
    const char *file = arena_printf(a, "%s/password", folder);
    folder_write(file, "open sesame\nnot this\n", 21);
    peer_start_smtp(&peer, "250-AUTH PLAIN\r\n");
    struct net *n = net_open();
    struct mail_transport t = { .net = n,
        .smtp_url = arena_printf(a, "smtp://127.0.0.1:%d", peer.port),
        .smtp_user = "prep",
        .smtp_password_file = file };
    ck_assert_int_eq(mail_send(&t, a, &m, &why), OK);
    /* base64 of "\0prep\0open sesame" */
    ck_assert(strstr(peer_heard(&peer), "AHByZXAAb3BlbiBzZXNhbWU=") != NULL);
    t.smtp_password_file = "/nonexistent";
    ck_assert_int_eq(mail_send(&t, a, &m, &why), R_UPSTREAM);
    net_close(n);
    peer_stop(&peer);
}
END_TEST

START_TEST(no_server_means_later_and_a_bad_recipient_means_never)
{
    struct net *n = net_open();
    struct mail_transport t = { .net = n,
        .smtp_url = arena_printf(a, "smtp://127.0.0.1:%d", peer_free_port()) };
    ck_assert_int_eq(mail_send(&t, a, &m, &why), R_UPSTREAM);
    ck_assert_str_ne(why, "");
    m.to = "ann@example.com\r\nRCPT TO:<eve@example.com>";
    ck_assert_int_eq(mail_send(&t, a, &m, &why), R_INVALID);
    net_close(n);
}
END_TEST

static const struct {
    int line;
    const char *url;
    bool ok;
} url_cases[] = {
    { __LINE__, "smtps://mail.example", true },
    { __LINE__, "smtp://mail.example:587", true },
    { __LINE__, "smtp://127.0.0.1:2525/", true },
    { __LINE__, "smtp://user:pass@mail.example", false },
    { __LINE__, "smtp://mail.example/?x=1", false },
    { __LINE__, "smtp://mail.example/helo", false },
    { __LINE__, "http://mail.example", false },
    { __LINE__, "file:///etc/passwd", false },
    { __LINE__, "mail.example", false },
    { __LINE__, "", false },
    { __LINE__, NULL, false },
};

START_TEST(only_smtp_addresses_are_servers)
{
    ck_assert_msg(smtp_url_ok(url_cases[_i].url) == url_cases[_i].ok, "case at line %d",
        url_cases[_i].line);
}
END_TEST

void unit_mail_send(Suite *s)
{
    TCase *t = tcase_create("send");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, without_a_server_the_mail_lands_whole_in_the_maildir);
    tcase_add_test(t, a_second_mail_in_the_same_second_gets_its_own_file);
    tcase_add_test(t, a_folder_that_cannot_be_made_is_a_fault_with_its_reason);
    tcase_add_test(t, a_server_gets_one_recipient_and_the_same_bytes);
    tcase_add_test(t, the_password_comes_from_its_file);
    tcase_add_test(t, no_server_means_later_and_a_bad_recipient_means_never);
    tcase_add_loop_test(t, only_smtp_addresses_are_servers, 0, COUNT_OF(url_cases));
    suite_add_tcase(s, t);
}
