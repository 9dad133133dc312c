/* Files that are not what they say, and papers that are nobody else's business. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/people.h"
#include "support/folder.h"
#include "util/guard.h"
#include "util/text.h"

static struct client c;
static struct person host;
static int64_t kitchen_id;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
    host = people_demo("host@demo.test");
    people_log_in(&c, &host);
    kitchen_id =
        people_int("SELECT id FROM kitchens WHERE host_id = %lld", (long long)host.id);
    ck_assert_int_gt(kitchen_id, 0);
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

static struct span fixture(const char *name)
{
    struct span s;
    const char *dir = getenv("SRCDIR");
    s.at = folder_read(c.arena,
        arena_printf(
            c.arena, "%s/tests/fixtures/photos/%s", dir == NULL ? "." : dir, name),
        &s.n);
    return s;
}

static size_t files_kept(void)
{
    return folder_count(stack_path(&stack, "data/photos")) +
           folder_count(stack_path(&stack, "data/documents")) +
           folder_count(stack_path(&stack, "data/incoming"));
}

/* ---- sending ---- */

#define BOUNDARY "--------------------------http-tests"

struct sent {
    const char *field, *filename, *type; /* filename as it stands between the quotes */
    struct span bytes;
    bool no_token, cut; /* cut: the last boundary is missing */
    int times;          /* the same file so often; 0: once */
};

static void add_text(struct buf *b, const char *name, const char *value)
{
    buf_printf(b,
        "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
        name, value);
}

static int send_to(const char *path, const struct sent *s, const char *const *fields)
{
    struct buf b;
    buf_init(&b, 32 * 1024 * 1024);
    if (!s->no_token)
        add_text(&b, "csrf", host.csrf);
    for (; fields != NULL && *fields != NULL; fields += 2)
        add_text(&b, fields[0], fields[1]);
    for (int i = 0; i < (s->times == 0 ? 1 : s->times); i++) {
        buf_printf(&b,
            "--" BOUNDARY
            "\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n"
            "Content-Type: %s\r\n\r\n",
            s->field, s->filename, s->type);
        buf_add(&b, s->bytes.at, s->bytes.n);
        buf_adds(&b, "\r\n");
    }
    if (!s->cut)
        buf_adds(&b, "--" BOUNDARY "--\r\n");
    client_send(&c, &(struct client_request) { "POST", path,
                        "multipart/form-data; boundary=" BOUNDARY, b.at, b.n, { 0 } });
    buf_free(&b);
    return c.status;
}

static const char *page(const char *name)
{
    return arena_printf(c.arena, "/host/listings/%lld/%s", (long long)kitchen_id, name);
}

static int send_photo(const struct sent *s)
{
    return send_to(page("photos"), s, NULL);
}

static int send_paper(const struct sent *s)
{
    static const char *const fields[] = { "kind", "fire_safety", "number", "F-1",
        "authority", "Austin Fire Department", "issued", "2026-01-02", "expires",
        "2027-12-31", NULL };
    return send_to(page("documents"), s, fields);
}

/* ---- what is refused ---- */

#define TEXT(s)                                                                        \
    {                                                                                  \
        s, sizeof(s) - 1                                                               \
    }

/* The first BAD_PAPERS are no papers either; those are kept as they are, not decoded,
 * and go to nobody but as an attachment. */
enum { BAD_PAPERS = 8 };

static const struct bad {
    const char *name, *filename, *type, *fixture;
    struct span bytes; /* without a fixture */
} bad[] = {
    { "SVG", "a.svg", "image/svg+xml", NULL,
        TEXT("<svg "
             "xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>") },
    { "SVG that says it is a JPEG", "a.jpg", "image/jpeg", "svg.jpg", { 0 } },
    { "HTML that says it is a JPEG", "a.html.jpg", "image/jpeg", NULL,
        TEXT("<!doctype html><script>alert(1)</script>") },
    { "GIF that says it is a PNG", "a.png", "image/png", "gif.png", { 0 } },
    { "a polyglot of GIF and script", "a.gif", "image/gif", NULL,
        TEXT("GIF89a=1;alert(1)//") },
    { "PHP", "a.php", "image/png", NULL, TEXT("<?php system($_GET['c']); ?>") },
    { "a program that says it is a PDF", "a.exe.pdf", "application/pdf", NULL,
        TEXT("MZ\x90\x03\x00") },
    { "nothing", "a.jpg", "image/jpeg", NULL, { "", 0 } },
    { "PHP behind a JPEG's first bytes", "a.php.jpg", "image/jpeg", NULL,
        TEXT("\xff\xd8\xff\xe0<?php system($_GET['c']); ?>") },
    { "half a JPEG", "a.jpg", "image/jpeg", "truncated.jpg", { 0 } },
    { "a bomb", "a.png", "image/png", "bomb.png", { 0 } },
    { "a PDF among photos", "a.pdf", "application/pdf", "tiny.pdf", { 0 } },
};

START_TEST(a_photo_that_is_none_is_refused_with_a_reason_and_not_kept)
{
    size_t before = files_kept();
    int64_t photos = people_int("SELECT COUNT(*) FROM photos");
    struct sent s = { "photos", bad[_i].filename, bad[_i].type, bad[_i].bytes };
    if (bad[_i].fixture != NULL)
        s.bytes = fixture(bad[_i].fixture);
    ck_assert_msg(send_photo(&s) == 422, "%s: %d", bad[_i].name, c.status);
    ck_assert_msg(client_shows(&c, "f-photos-error"), "%s: no reason", bad[_i].name);
    ck_assert_uint_eq(files_kept(), before);
    ck_assert_int_eq(people_int("SELECT COUNT(*) FROM photos"), photos);
}
END_TEST

START_TEST(a_paper_that_is_none_is_refused_with_a_reason_and_not_kept)
{
    size_t before = files_kept();
    struct sent s = { "document", bad[_i].filename, bad[_i].type, bad[_i].bytes };
    if (bad[_i].fixture != NULL)
        s.bytes = fixture(bad[_i].fixture);
    ck_assert_msg(send_paper(&s) == 422, "%s: %d", bad[_i].name, c.status);
    ck_assert_msg(client_shows(&c, "f-document-error"), "%s: no reason", bad[_i].name);
    ck_assert_uint_eq(files_kept(), before);
}
END_TEST

START_TEST(files_that_are_too_large_are_413_and_not_kept)
{
    size_t before = files_kept(), n = 5 * 1024 * 1024;
    char *bytes = arena_alloc(c.arena, n);
    memcpy(bytes, "\xff\xd8\xff\xe0", 4);
    ck_assert_int_eq(
        send_photo(&(struct sent) { "photos", "a.jpg", "image/jpeg", { bytes, n } }),
        413);
    n = 13 * 1024 * 1024;
    bytes = arena_alloc(c.arena, n);
    memcpy(bytes, "%PDF-1.4\n", 9);
    ck_assert_int_eq(send_paper(&(struct sent) {
                         "document", "a.pdf", "application/pdf", { bytes, n } }),
        413);
    ck_assert_uint_eq(files_kept(), before);
}
END_TEST

START_TEST(a_form_with_files_that_is_broken_or_lies_is_refused_and_not_kept)
{
    size_t before = files_kept();
    struct span png = fixture("small.png");
    char name[400];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct sent s = { "photos", "a.png", "image/png", png, .cut = true };
    ck_assert_int_eq(send_photo(&s), 400);
    s = (struct sent) { "photos", "a.png", "image/png", png, .no_token = true };
    ck_assert_int_eq(send_photo(&s), 403);
    s = (struct sent) { "photos", "a.png", "image/png", png, .times = 25 };
    send_photo(&s);
    ck_assert_msg(c.status == 400 || c.status == 413, "25 files: %d", c.status);
    s = (struct sent) { "photos", name, "image/png", png };
    send_photo(&s);
    ck_assert_msg(c.status == 400 || c.status == 422, "a name of 399: %d", c.status);
    s = (struct sent) { "other", "a.png", "image/png", png };
    ck_assert_int_eq(send_photo(&s), 422);
    ck_assert_int_eq(client_post_bare(&c, page("photos"),
                         arena_printf(c.arena, "csrf=%s", host.csrf)),
        415);
    ck_assert_uint_eq(files_kept(), before);
}
END_TEST

START_TEST(an_upload_that_breaks_off_leaves_nothing)
{
    size_t before = files_kept();
    int64_t log = stack_log_length(&stack);
    const char *head = arena_printf(c.arena,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nContent-Length: "
        "100000\r\n"
        "Content-Type: multipart/form-data; "
        "boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data;"
        " name=\"photos\"; filename=\"a.png\"\r\n\r\nabc",
        page("photos"), host.cookie);
    ck_assert_str_eq(client_raw(c.arena, stack.port, head, strlen(head), 200), "");
    ck_assert_int_eq(stack_log_length(&stack), log);
    ck_assert_uint_eq(files_kept(), before);
}
END_TEST

/* ---- photos
 * --------------------------------------------------------------------------------------
 */

START_TEST(a_photo_is_public_without_its_metadata)
{
    struct sent s = { "photos", "../../etc/my photo.jpg", "image/jpeg",
        fixture("rotated-gps.jpg") };
    ck_assert_ptr_nonnull(memmem(s.bytes.at, s.bytes.n, "Exif", 4));
    ck_assert_msg(send_photo(&s) == 303, "%d", c.status);
    ck_assert_int_eq(client_get(&c, page("photos")), 200);
    const char *at = strstr(c.body.at, "/photos/");
    while (at != NULL && at[-1] != '"')
        at = strstr(at + 1, "/photos/");
    ck_assert_ptr_nonnull(at);
    const char *url = arena_strndup(c.arena, at, strcspn(at, "\" "));
    client_forget(&c);
    ck_assert_msg(client_get(&c, url) == 200, "%s: %d", url, c.status);
    ck_assert(text_starts(client_header(&c, "Content-Type"), "image/"));
    ck_assert_str_eq(client_header(&c, "X-Content-Type-Options"), "nosniff");
    ck_assert_ptr_null(memmem(c.body.at, c.body.n, "Exif", 4));
    ck_assert_ptr_null(memmem(c.body.at, c.body.n, "GPS", 3));
}
END_TEST

/* ---- papers
 * ---------------------------------------------------------------------------------------
 */

static int64_t a_paper(const char *filename)
{
    struct sent s = { "document", filename, "application/pdf", fixture("tiny.pdf") };
    ck_assert_msg(send_paper(&s) == 303, "%s: %d", filename, c.status);
    return people_int("SELECT MAX(id) FROM documents");
}

START_TEST(a_paper_is_an_attachment_in_a_sandbox_for_its_host_and_staff)
{
    static const char *const readers[] = { "host@demo.test", "admin@demo.test",
        "support@demo.test" };
    struct span pdf = fixture("tiny.pdf");
    int64_t id = a_paper("permit.pdf");
    const char *path = arena_printf(c.arena, "/documents/%lld/file", (long long)id);
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        struct person p = people_demo(readers[i]);
        people_log_in(&c, &p);
        ck_assert_msg(client_get(&c, path) == 200, "%s: %d", readers[i], c.status);
        ck_assert(c.body.n == pdf.n && memcmp(c.body.at, pdf.at, pdf.n) == 0);
        ck_assert(text_starts(client_header(&c, "Content-Disposition"), "attachment;"));
        ck_assert_str_eq(client_header(&c, "X-Content-Type-Options"), "nosniff");
        ck_assert_ptr_nonnull(
            strstr(client_header(&c, "Content-Security-Policy"), "sandbox"));
        const char *cache = client_header(&c, "Cache-Control");
        ck_assert_msg(cache != NULL && strstr(cache, "no-store") != NULL,
            "Cache-Control: %s", cache);
        ck_assert_ptr_null(client_header(&c, "X-Accel-Redirect"));
    }
}
END_TEST

START_TEST(a_paper_is_404_for_other_hosts_and_nothing_for_vendors_and_strangers)
{
    int64_t id = a_paper("permit.pdf");
    const char *path = arena_printf(c.arena, "/documents/%lld/file", (long long)id);
    struct person p = people_demo("host2@demo.test");
    people_log_in(&c, &p);
    ck_assert_int_eq(client_get(&c, path), 404);
    ck_assert_int_eq(client_get(&c, page("documents")), 404);
    p = people_demo("vendor@demo.test");
    people_log_in(&c, &p);
    ck_assert_int_eq(client_get(&c, path), 403);
    client_forget(&c);
    ck_assert_int_eq(client_get(&c, path), 303);
}
END_TEST

START_TEST(a_paper_cannot_be_reached_beside_the_page_that_checks_who_asks)
{
    a_paper("permit.pdf");
    const char *hash =
        people_text(c.arena, "SELECT hash FROM documents ORDER BY id DESC");
    const char *name = arena_printf(c.arena, "%.2s/%s", hash, hash);
    static const char *const ways[] = { "/private/documents/", "/documents/",
        "/data/documents/", "/photos/../documents/", "/photos/..%2fdocuments/",
        "/static/../documents/", "/private/documents/..%2fdocuments/",
        "/photos/%2e%2e/documents/", "//private/documents/" };
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        int status = client_get(&c, arena_printf(c.arena, "%s%s", ways[i], name));
        ck_assert_msg(status == 404 || status == 400, "%s: %d", ways[i], status);
    }
}
END_TEST

START_TEST(a_hostile_file_name_stays_one_header_and_one_name)
{
    static const char *const names[] = { "a%22b.pdf", "a%0D%0ASet-Cookie: x=y.pdf",
        "f\xc3\xbcr Elise.pdf", "..\\\\..\\\\a.pdf", "<script>.pdf", "a;b=c.pdf",
        "%2e%2e%2fetc%2fpasswd" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int64_t id = a_paper(names[i]);
        ck_assert_int_eq(client_get(&c, arena_printf(c.arena, "/documents/%lld/file",
                                            (long long)id)),
            200);
        const char *is = client_header(&c, "Content-Disposition");
        ck_assert_msg(strstr(is, "filename*=UTF-8''") != NULL, "%s", is);
        ck_assert_ptr_null(client_header(&c, "Set-Cookie"));
        ck_assert_ptr_null(strpbrk(strstr(is, "filename*="), "/\\\"<> "));
    }
}
END_TEST

void http_uploads(Suite *s)
{
    TCase *t = stack_tcase(s, "uploads");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_loop_test(t, a_photo_that_is_none_is_refused_with_a_reason_and_not_kept,
        0, COUNT_OF(bad));
    tcase_add_loop_test(
        t, a_paper_that_is_none_is_refused_with_a_reason_and_not_kept, 0, BAD_PAPERS);
    tcase_add_test(t, files_that_are_too_large_are_413_and_not_kept);
    tcase_add_test(t, a_form_with_files_that_is_broken_or_lies_is_refused_and_not_kept);
    tcase_add_test(t, an_upload_that_breaks_off_leaves_nothing);
    tcase_add_test(t, a_photo_is_public_without_its_metadata);
    tcase_add_test(t, a_paper_is_an_attachment_in_a_sandbox_for_its_host_and_staff);
    tcase_add_test(
        t, a_paper_is_404_for_other_hosts_and_nothing_for_vendors_and_strangers);
    tcase_add_test(t, a_paper_cannot_be_reached_beside_the_page_that_checks_who_asks);
    tcase_add_test(t, a_hostile_file_name_stays_one_header_and_one_name);
}
