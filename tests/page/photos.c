#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/kitchen.h"
#include "support/site.h"
#include "util/guard.h"
#include "web/routes.h"

enum { FILE_MAX_BYTES = 512 * 1024, VARIANTS = 3 };

static struct site *site;
static struct browser host, other;
static struct arena *files; /* what the fixtures hold */
static const char page[] = "/host/listings/1/photos";
static const char *const no_fields[] = { NULL };

static void open_browsers(void)
{
    site = site_fresh();
    files = arena_new(32 * 1024 * 1024);
    browser_open(&host, site);
    browser_open(&other, site);
    browser_log_in_as(&host, "host@example.com", "host");
    browser_log_in_as(&other, "other@example.com", "host");
    kitchen_list(&host);
    kitchen_list(&other);
}

static void close_browsers(void)
{
    browser_close(&host);
    browser_close(&other);
    site_gone(site);
    arena_free(files);
}

static struct browser_file fixture(const char *name)
{
    char path[512];
    const char *source = getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".";
    snprintf(path, sizeof path, "%s/tests/fixtures/photos/%s", source, name);
    FILE *f = fopen(path, "re");
    ck_assert_ptr_nonnull(f);
    char *bytes = arena_alloc(files, FILE_MAX_BYTES);
    size_t n = fread(bytes, 1, FILE_MAX_BYTES, f);
    fclose(f);
    return (struct browser_file) { "photos", name, 0, bytes, n };
}

static int send_to(
    struct browser *b, const char *path, const char *const *names, size_t n)
{
    struct browser_file sent[12];
    for (size_t i = 0; i < n; i++)
        sent[i] = fixture(names[i]);
    if (browser_get(b, path) != 200)
        browser_get(b, "/host/listings/new"); /* for its token */
    return browser_upload(b, path, no_fields, sent, n);
}

START_TEST(lying_names_and_sizes_are_refused)
{
    static char large[5 * 1024 * 1024 / 2], huge[4 * 1024 * 1024];
    static const char nul_name[] = "a\0b.png";
    struct browser_file png = fixture("grey.png"), pdf = fixture("tiny.pdf");
    char name[304];
    memset(name, 'n', 300);
    stpcpy(name + 296, ".png");
    memcpy(large, png.bytes, png.n);
    memcpy(huge, png.bytes, png.n);
    const struct {
        struct browser_file file;
        int status;
        const char *sentence;
    } bad[] = {
        { { "photos", "grey.png.php", 0, png.bytes, png.n }, 422, "Rename it" },
        { { "photos", "small.svg", 0, png.bytes, png.n }, 422, "Rename it" },
        { { "photos", "line.jpg", 0, pdf.bytes, pdf.n }, 422, "This is a PDF" },
        { { "photos", "grey.png", 0, "", 0 }, 422, "empty" },
        { { "photos", "large.png", 0, large, sizeof large }, 422, "2 MB" },
        { { "photos", "huge.png", 0, huge, sizeof huge }, 413, "too large" },
        { { "photos", name, 300, png.bytes, png.n }, 400, "name is too long" },
        { { "photos", nul_name, 7, png.bytes, png.n }, 400, "cannot read" },
        { { "avatar", "grey.png", 0, png.bytes, png.n }, 422, "do not know" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        browser_get(&host, page);
        int status = browser_upload(&host, page, no_fields, &bad[i].file, 1);
        ck_assert_msg(status == bad[i].status, "%zu: %d", i, status);
        ck_assert_msg(browser_shows(&host, bad[i].sentence), "%zu", i);
        ck_assert_int_eq(site_files(site, "photos"), 0);
        ck_assert_int_eq(site_files(site, "incoming"), 0);
    }
    browser_get(&host, page);
    ck_assert_int_eq(browser_upload(&host, page, no_fields, NULL, 0), 422);
    ck_assert(browser_shows(&host, "Choose one or more"));
}
END_TEST

START_TEST(without_the_program_the_page_says_so)
{
    static const char *const one[] = { "grey.png" };
    site->app.conf.media_program = "";
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "cannot be uploaded on this site"));
    ck_assert(!browser_shows(&host, "type=\"file\""));
    ck_assert_int_eq(send_to(&host, page, one, 1), 422);
    ck_assert_int_eq(site_files(site, "photos"), 0);
}
END_TEST

#ifdef HAVE_VIPS
static int act(const char *what, int photo, const char *more)
{
    char path[64], form[256];
    snprintf(path, sizeof path, "%s/%s", page, what);
    snprintf(form, sizeof form, "photo_id=%d%s", photo, more);
    browser_get(&host, page);
    return browser_post(&host, path, form);
}

/* "123": the photos' ids in the order of the page. */
static const char *order(void)
{
    static char ids[16];
    size_t n = 0;
    browser_get(&host, page);
    for (const char *at = browser_body(&host);
         (at = strstr(at, "id=\"alt-")) != NULL;) {
        at += strlen("id=\"alt-");
        ids[n++] = *at;
    }
    ids[n] = '\0';
    return ids;
}

START_TEST(photos_are_added_arranged_described_and_removed)
{
    static const char *const three[] = { "rotated-gps.jpg", "grey.png", "plain.webp" };
    char long_words[230] = "&alt=Pans+";
    memset(long_words + strlen(long_words), 'x', 200);
    ck_assert_int_eq(send_to(&host, page, three, 3), 303);
    ck_assert_int_eq(site_files(site, "photos"), 3 * VARIANTS);
    ck_assert_int_eq(site_files(site, "incoming"), 0);
    ck_assert_str_eq(order(), "123");
    ck_assert(browser_shows(&host, "-w320.jpg"));
    ck_assert_int_eq(act("move", 3, "&to=cover"), 303);
    ck_assert_str_eq(order(), "312");
    ck_assert_int_eq(act("move", 3, "&to=down"), 303);
    ck_assert_str_eq(order(), "132");
    ck_assert_int_eq(act("move", 2, "&to=up"), 303);
    ck_assert_str_eq(order(), "123");
    ck_assert_int_eq(act("move", 1, "&to=up"), 303);
    ck_assert_str_eq(order(), "123");
    ck_assert_int_eq(act("describe", 2, "&alt=Two+%22deck%22+ovens"), 303);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "alt=\"Two &quot;deck&quot; ovens\""));
    ck_assert_int_eq(act("describe", 3, long_words), 422);
    ck_assert(browser_shows(&host, "value=\"Pans xxx"));
    ck_assert(browser_shows(&host, "words-3-error\">Use at most 200 characters"));
    ck_assert(browser_shows(&host, "What it shows: Use at most"));
    ck_assert(browser_shows(&host, "value=\"Two &quot;deck&quot; ovens\""));
    ck_assert_int_eq(act("describe", 0, "&alt=Pans"), 422);
    ck_assert_int_eq(act("remove", 1, ""), 303);
    ck_assert_str_eq(order(), "23");
    ck_assert_int_eq(site_files(site, "photos"), 2 * VARIANTS);
    ck_assert_int_eq(act("remove", 1, ""), 404);
    ck_assert_int_eq(act("move", 1, "&to=cover"), 404);
}
END_TEST

START_TEST(the_same_picture_in_two_kitchens_is_kept_once_and_goes_with_the_last)
{
    static const char *const one[] = { "grey.png" };
    ck_assert_int_eq(send_to(&host, page, one, 1), 303);
    ck_assert_int_eq(send_to(&other, "/host/listings/2/photos", one, 1), 303);
    ck_assert_int_eq(site_files(site, "photos"), VARIANTS);
    ck_assert_int_eq(act("remove", 1, ""), 303);
    ck_assert_int_eq(site_files(site, "photos"), VARIANTS);
    browser_get(&other, "/host/listings/2/photos");
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/2/photos/remove", "photo_id=2"), 303);
    ck_assert_int_eq(site_files(site, "photos"), 0);
}
END_TEST

START_TEST(a_picture_that_is_there_already_is_not_added_again)
{
    static const char *const one[] = { "grey.png" };
    ck_assert_int_eq(send_to(&host, page, one, 1), 303);
    ck_assert_int_eq(send_to(&host, page, one, 1), 422);
    ck_assert(browser_shows(&host, "there already"));
    ck_assert_int_eq(site_files(site, "photos"), VARIANTS);
}
END_TEST

START_TEST(bad_pictures_get_a_sentence_and_nothing_stays_on_disk)
{
    static const struct {
        const char *name, *sentence;
    } bad[] = {
        { "svg.jpg", "none of them" },
        { "gif.png", "none of them" },
        { "truncated.jpg", "cannot be read" },
        { "bomb.png", "40 million" },
        { "small.png", "too small" },
        { "tiny.pdf", "This is a PDF" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(send_to(&host, page, &bad[i].name, 1) == 422, "%s", bad[i].name);
        ck_assert_msg(browser_shows(&host, bad[i].sentence), "%s: %s", bad[i].name,
            browser_body(&host));
        ck_assert_int_eq(site_files(site, "photos"), 0);
        ck_assert_int_eq(site_files(site, "incoming"), 0);
    }
}
END_TEST

START_TEST(good_ones_are_kept_when_another_is_refused)
{
    static const char *const mixed[] = { "grey.png", "svg.jpg" };
    ck_assert_int_eq(send_to(&host, page, mixed, 2), 422);
    ck_assert(browser_shows(&host, "1 photo is added. Not this: svg.jpg"));
    ck_assert_str_eq(order(), "1");
}
END_TEST

START_TEST(the_eleventh_photo_is_refused)
{
    struct browser_file png = fixture("grey.png");
    browser_get(&host, page);
    /* Different bytes after the picture's end: another hash, the same picture. */
    for (int i = 0; i < 11; i++) {
        char *bytes = malloc(png.n + 1);
        memcpy(bytes, png.bytes, png.n);
        bytes[png.n] = (char)i;
        const struct browser_file file = { "photos", "grey.png", 0, bytes, png.n + 1 };
        browser_get(&host, page);
        if (i == 10)
            browser_get(
                &host, "/host/listings/1/edit"); /* the page has no form any more */
        int status = browser_upload(&host, page, no_fields, &file, 1);
        ck_assert_msg(status == (i < 10 ? 303 : 422), "%d: %d", i, status);
        free(bytes);
    }
    ck_assert(browser_shows(&host, "at most ten"));
    ck_assert_int_eq(site_files(site, "photos"), 10 * VARIANTS);
}
END_TEST

START_TEST(another_host_reaches_none_of_it)
{
    static const char *const one[] = { "grey.png" };
    send_to(&host, page, one, 1);
    ck_assert_int_eq(browser_get(&other, page), 404);
    ck_assert_int_eq(send_to(&other, page, one, 1), 404);
    browser_get(&other, "/host/listings/new");
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/1/photos/remove", "photo_id=1"), 404);
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/2/photos/remove", "photo_id=1"), 404);
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/2/photos/describe", "photo_id=1&alt=Mine"),
        404);
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/2/photos/move", "photo_id=1&to=cover"),
        404);
    ck_assert_str_eq(order(), "1");
}
END_TEST
#endif

void page_photos(Suite *s)
{
    TCase *t = tcase_create("photos");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, lying_names_and_sizes_are_refused);
    tcase_add_test(t, without_the_program_the_page_says_so);
#ifdef HAVE_VIPS
    tcase_add_test(t, photos_are_added_arranged_described_and_removed);
    tcase_add_test(
        t, the_same_picture_in_two_kitchens_is_kept_once_and_goes_with_the_last);
    tcase_add_test(t, a_picture_that_is_there_already_is_not_added_again);
    tcase_add_test(t, bad_pictures_get_a_sentence_and_nothing_stays_on_disk);
    tcase_add_test(t, good_ones_are_kept_when_another_is_refused);
    tcase_add_test(t, the_eleventh_photo_is_refused);
    tcase_add_test(t, another_host_reaches_none_of_it);
#endif
    suite_add_tcase(s, t);
}
