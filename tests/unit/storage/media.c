#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "storage/media.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/folder.h"
#include "unit.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

static struct arena *a;
static const char *folder, *program;
static struct store photos;
static struct media_photo photo;
static const char *why;

static void set_up(void)
{
    a = arena_new(16 * 1024 * 1024);
    rand_open();
    folder = folder_make(a);
    photos = (struct store) { .root = arena_printf(a, "%s/photos", folder),
        .is_public = true };
    program = arena_printf(a, "%s/prep-media", getenv("BUILDDIR"));
}

static void tear_down(void)
{
    folder_drop(folder);
    arena_free(a);
}

static enum result keep(const char *fixture)
{
    const char *source =
        fixture[0] == '/'
            ? fixture
            : arena_printf(a, "%s/tests/fixtures/photos/%s", getenv("SRCDIR"), fixture);
    return media_keep_photo(&photos, a, program, source, &photo, &why);
}

/* A stand-in for prep-media, to see what its failures lead to. */
static void use_script(const char *body)
{
    const char *script = arena_printf(a, "#!/bin/sh\n%s\n", body);
    program = arena_printf(a, "%s/stand-in", folder);
    folder_write(program, script, strlen(script));
    ck_assert_int_eq(chmod(program, 0700), 0);
}

static const struct {
    int line;
    const char *body;
    enum result r;
} failures[] = {
    { __LINE__, "echo 'A sentence.' >&2; exit 1", R_INVALID },
    { __LINE__, "exit 1", R_FAULT }, { __LINE__, "echo trouble >&2; exit 2", R_FAULT },
    { __LINE__, "kill -9 $$", R_INVALID }, { __LINE__, "echo nonsense", R_FAULT },
    { __LINE__, "echo '640 360 webp'", R_FAULT }, /* and no files */
};

#ifdef HAVE_VIPS
/* What a JPEG that was stripped must not hold. */
static bool holds(const char *bytes, size_t n, const char *wanted)
{
    for (size_t i = 0; i + strlen(wanted) <= n; i++)
        if (memcmp(bytes + i, wanted, strlen(wanted)) == 0)
            return true;
    return false;
}

/* Width and height in a JPEG's start-of-frame. */
static void jpeg_size(const char *bytes, size_t n, int *width, int *height)
{
    const unsigned char *p = (const unsigned char *)bytes;
    *width = *height = 0;
    for (size_t i = 2; i + 9 < n && p[i] == 0xff; i += 2 + (p[i + 2] << 8 | p[i + 3]))
        if (p[i + 1] == 0xc0 || p[i + 1] == 0xc2) {
            *height = p[i + 5] << 8 | p[i + 6];
            *width = p[i + 7] << 8 | p[i + 8];
            return;
        }
}

static const struct {
    int line;
    const char *file;
    int width, height;
    int widths[3];
} good[] = {
    { __LINE__, "rotated-gps.jpg", 600, 800, { 320, 600, 600 } },
    { __LINE__, "transparent.png", 400, 400, { 320, 400, 400 } },
    { __LINE__, "plain.webp", 640, 360, { 320, 640, 640 } },
    { __LINE__, "cmyk.jpg", 400, 400, { 320, 400, 400 } },
    { __LINE__, "grey.png", 400, 330, { 320, 400, 400 } },
};

START_TEST(a_photo_becomes_three_upright_jpegs_without_metadata)
{
    ck_assert_msg(keep(good[_i].file) == OK, "%s: %s", good[_i].file, why);
    ck_assert_int_eq(photo.width, good[_i].width);
    ck_assert_int_eq(photo.height, good[_i].height);
    ck_assert_uint_eq(folder_count(photos.root), 3);
    for (size_t i = 0; media_variants[i] != NULL; i++) {
        size_t n;
        int width, height;
        const char *bytes = folder_read(a,
            arena_printf(
                a, "%s/%s", photos.root, store_name(a, photo.hash, media_variants[i])),
            &n);
        jpeg_size(bytes, n, &width, &height);
        ck_assert_msg(width == good[_i].widths[i], "case at line %d: %d wide",
            good[_i].line, width);
        ck_assert_int_le(abs(height * photo.width - width * photo.height), photo.width);
        ck_assert(!holds(bytes, n, "Exif") && !holds(bytes, n, "SecretCamera"));
    }
}
END_TEST

static const struct {
    int line;
    const char *file, *reason;
} bad[] = {
    { __LINE__, "bomb.png", "40 million" },
    { __LINE__, "small.png", "too small" },
    { __LINE__, "narrow.png", "narrow" },
    { __LINE__, "truncated.jpg", "cannot be read" },
    { __LINE__, "svg.jpg", "JPEG, PNG or WebP" },
    { __LINE__, "gif.png", "JPEG, PNG or WebP" },
    { __LINE__, "tiny.pdf", "JPEG, PNG or WebP" },
    { __LINE__, "/dev/null", "JPEG, PNG or WebP" },
    { __LINE__, "/no/such/file", "JPEG, PNG or WebP" },
};

START_TEST(a_hostile_picture_is_refused_with_a_reason_and_leaves_nothing)
{
    ck_assert_int_eq(keep(bad[_i].file), R_INVALID);
    ck_assert_msg(
        strstr(why, bad[_i].reason) != NULL, "case at line %d: %s", bad[_i].line, why);
    if (access(photos.root, F_OK) == 0)
        ck_assert_uint_eq(folder_count(photos.root), 0);
}
END_TEST

START_TEST(a_photo_that_goes_takes_its_variants_along)
{
    ck_assert_int_eq(keep("plain.webp"), OK);
    ck_assert_int_eq(media_drop_photo(&photos, a, photo.hash), OK);
    ck_assert_uint_eq(folder_count(photos.root), 0);
}
END_TEST
#endif

START_TEST(more_than_two_megabytes_are_refused_before_decoding)
{
    size_t n = MEDIA_PHOTO_BYTES_MAX + 1;
    char *bytes = arena_alloc(a, n);
    memcpy(bytes, "\xff\xd8\xff\xe0", 4);
    const char *source = arena_printf(a, "%s/big.jpg", folder);
    folder_write(source, bytes, n);
    program = "/nonexistent";
    ck_assert_int_eq(keep(source), R_INVALID);
    ck_assert(strstr(why, "2 MB") != NULL);
}
END_TEST

START_TEST(each_way_the_program_can_end_has_its_meaning)
{
    use_script(failures[_i].body);
    ck_assert_msg(
        keep("plain.webp") == failures[_i].r, "case at line %d", failures[_i].line);
    ck_assert_uint_eq(folder_count(photos.root), 0);
}
END_TEST

START_TEST(a_missing_program_is_our_fault)
{
    program = "/nonexistent";
    ck_assert_int_eq(keep("plain.webp"), R_FAULT);
    ck_assert_uint_eq(folder_count(photos.root), 0);
}
END_TEST

void unit_storage_media(Suite *s)
{
    TCase *t = tcase_create("media");
    tcase_add_checked_fixture(t, set_up, tear_down);
#ifdef HAVE_VIPS
    tcase_add_loop_test(
        t, a_photo_becomes_three_upright_jpegs_without_metadata, 0, COUNT_OF(good));
    tcase_add_loop_test(t,
        a_hostile_picture_is_refused_with_a_reason_and_leaves_nothing, 0,
        COUNT_OF(bad));
    tcase_add_test(t, a_photo_that_goes_takes_its_variants_along);
#endif
    tcase_add_test(t, more_than_two_megabytes_are_refused_before_decoding);
    tcase_add_loop_test(
        t, each_way_the_program_can_end_has_its_meaning, 0, COUNT_OF(failures));
    tcase_add_test(t, a_missing_program_is_our_fault);
    suite_add_tcase(s, t);
}
