#include "storage/sniff.h"

#include <stdlib.h>

#include "unit.h"
#include "util/arena.h"
#include "util/guard.h"

#define BYTES(s) s, sizeof s - 1

static const struct {
    int line;
    const char *bytes;
    size_t n;
    enum sniff type;
} cases[] = {
    { __LINE__, BYTES("\xff\xd8\xff\xe0rest"), SNIFF_JPEG },
    { __LINE__, BYTES("\xff\xd8\xff"), SNIFF_JPEG },
    { __LINE__, BYTES("\xff\xd8"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), SNIFF_PNG },
    { __LINE__, BYTES("\x89PNG\r\n\x1a\n"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("\x89PNG\n\x1a\n\0\0\0\rIHDR...."), SNIFF_UNKNOWN },
    { __LINE__, BYTES("RIFF\x06\0\0\0WEBPVP"), SNIFF_WEBP },
    { __LINE__, BYTES("RIFF\x07\0\0\0WEBPVP"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("RIFF\x06\0\0\0WAVEfm"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("%PDF-1.4\nx\n%%EOF\n"), SNIFF_PDF },
    { __LINE__, BYTES("%PDF-1.4\nx\n"), SNIFF_UNKNOWN },
    { __LINE__, BYTES(" %PDF-1.4\n%%EOF"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("MZ\x90\0%PDF-1.4 %%EOF"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("<svg xmlns='x'/>"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("<!doctype html>"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("GIF89a<script>"), SNIFF_UNKNOWN },
    { __LINE__, BYTES("<?php"), SNIFF_UNKNOWN },
    { __LINE__, BYTES(""), SNIFF_UNKNOWN },
};

START_TEST(a_file_is_what_its_bytes_say)
{
    ck_assert_msg(sniff_bytes(cases[_i].bytes, cases[_i].n) == cases[_i].type,
        "case at line %d", cases[_i].line);
}
END_TEST

static const struct {
    const char *name;
    enum sniff type;
} files[] = {
    { "rotated-gps.jpg", SNIFF_JPEG },
    { "transparent.png", SNIFF_PNG },
    { "plain.webp", SNIFF_WEBP },
    { "tiny.pdf", SNIFF_PDF },
    { "svg.jpg", SNIFF_UNKNOWN },
    { "gif.png", SNIFF_UNKNOWN },
    { "no such file", SNIFF_UNKNOWN },
};

START_TEST(files_are_judged_by_both_ends_and_not_by_their_names)
{
    struct arena *a = arena_new(4096);
    const char *srcdir = getenv("SRCDIR");
    ck_assert_ptr_ne(srcdir, NULL);
    ck_assert_int_eq(sniff_file(arena_printf(
                         a, "%s/tests/fixtures/photos/%s", srcdir, files[_i].name)),
        files[_i].type);
    arena_free(a);
}
END_TEST

START_TEST(each_type_has_its_names)
{
    ck_assert_str_eq(sniff_mime(SNIFF_WEBP), "image/webp");
    ck_assert_str_eq(sniff_extension(SNIFF_PDF), ".pdf");
    ck_assert_str_eq(sniff_mime(SNIFF_UNKNOWN), "application/octet-stream");
    ck_assert_str_eq(sniff_extension(SNIFF_UNKNOWN), "");
}
END_TEST

START_TEST(a_name_may_not_say_something_else)
{
    static const struct {
        enum sniff type;
        const char *name;
        bool fits;
    } names[] = {
        { SNIFF_PDF, "permit.pdf", true },
        { SNIFF_PDF, "permit.PDF", true },
        { SNIFF_PDF, "permit", true },
        { SNIFF_PDF, "Permit No. 12", true },
        { SNIFF_PDF, "permit.2026.pdf", true },
        { SNIFF_PDF, "permit.exe", false },
        { SNIFF_PDF, "permit.pdf.exe", false },
        { SNIFF_PDF, "permit.html", false },
        { SNIFF_JPEG, "scan.jpeg", true },
        { SNIFF_JPEG, "scan.jpg", true },
        { SNIFF_JPEG, "scan.png", false },
        { SNIFF_PNG, "scan.php", false },
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_msg(sniff_name_fits(names[i].type, names[i].name) == names[i].fits,
            "%s", names[i].name);
}
END_TEST

void unit_storage_sniff(Suite *s)
{
    TCase *t = tcase_create("sniff");
    tcase_add_loop_test(t, a_file_is_what_its_bytes_say, 0, COUNT_OF(cases));
    tcase_add_loop_test(
        t, files_are_judged_by_both_ends_and_not_by_their_names, 0, COUNT_OF(files));
    tcase_add_test(t, each_type_has_its_names);
    tcase_add_test(t, a_name_may_not_say_something_else);
    suite_add_tcase(s, t);
}
