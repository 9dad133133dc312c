#include "http/multipart.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/multipart_head.h"
#include "unit.h"
#include "util/guard.h"

static struct arena *a;
static char folder[64];
static struct multipart_limits limits;

static void setup(void)
{
    a = arena_new(64 * 1024 * 1024);
    snprintf(folder, sizeof folder, "/tmp/prep-multipart-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    limits = (struct multipart_limits) {
        .folder = folder, .files_max = 2, .file_bytes_max = 100, .text_bytes_max = 50
    };
}

static size_t files_left(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void teardown(void)
{
    ck_assert_uint_eq(files_left(), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    arena_free(a);
}

/* ---- the Content-Type ---- */

static const struct {
    int line;
    const char *type, *boundary; /* NULL: refused */
} boundary_cases[] = {
    { __LINE__, "multipart/form-data; boundary=B", "B" },
    { __LINE__, "Multipart/Form-Data;BOUNDARY=\"a b:c\"", "a b:c" },
    { __LINE__, "multipart/form-data; charset=utf-8; boundary=----WebKit0aZ",
        "----WebKit0aZ" },
    { __LINE__, "multipart/form-data", NULL },
    { __LINE__, "multipart/form-data; boundary=", NULL },
    { __LINE__, "multipart/form-data; boundary=\"\"", NULL },
    { __LINE__, "multipart/form-data; boundary=\"B", NULL },
    { __LINE__, "multipart/form-data; boundary=\"B \"", NULL },
    { __LINE__, "multipart/form-data; boundary=\"B\r\nX\"", NULL },
    { __LINE__, "multipart/form-data; boundary=B; boundary=C", NULL },
    { __LINE__, "multipart/form-data boundary=B", NULL },
    { __LINE__, "multipart/mixed; boundary=B", NULL },
    { __LINE__, "text/plain; boundary=B", NULL },
    { __LINE__, NULL, NULL },
    { __LINE__,
        "multipart/form-data; "
        "boundary="
        "1234567890123456789012345678901234567890123456789012345678901234567890",
        "1234567890123456789012345678901234567890123456789012345678901234567890" },
    { __LINE__,
        "multipart/form-data; "
        "boundary="
        "12345678901234567890123456789012345678901234567890123456789012345678901",
        NULL },
};

START_TEST(the_boundary_is_read_or_refused)
{
    const char *got = multipart_boundary(a, boundary_cases[_i].type);
    bool same = boundary_cases[_i].boundary == NULL
                    ? got == NULL
                    : text_is(got, boundary_cases[_i].boundary);
    ck_assert_msg(same, "case at line %d", boundary_cases[_i].line);
    struct multipart *p;
    enum result r = multipart_new(a, boundary_cases[_i].type, &limits, &p);
    ck_assert((r == OK) == (got != NULL));
    ck_assert(r == OK || multipart_reason(p) != NULL);
    ck_assert_int_eq(multipart_feed(p, "x", 1), R_INVALID);
}
END_TEST

/* ---- bodies, cut at every byte ---- */

#define DISPOSITION "Content-Disposition: form-data; name="
#define PART(head, body) "--B\r\n" DISPOSITION head "\r\n\r\n" body "\r\n"
#define END "--B--\r\n"
#define PDF "\"doc\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf"
#define NAMED(filename) PART("\"f\"; filename=\"" filename "\"", "x")
#define NAMED_GIVES(filename) "f:" filename ":application/octet-stream:x|"

static const struct {
    int line;
    const char *body;
    const char *out; /* NULL: refused with 400; "413" with that */
} cases[] = {
    { __LINE__, END, "" },
    { __LINE__, "--B--", "" },
    { __LINE__, PART("\"title\"", "Bob's") END, "title=Bob's|" },
    { __LINE__, PART("title", "Bob's") END, "title=Bob's|" },
    { __LINE__, PART("\"title\"", "") END, "title=|" },
    { __LINE__, PART("\"t\"", "a\r\nb\r\n") END, "t=a\r\nb\r\n|" },
    { __LINE__, PART("\"t\"", "1") PART("\"t\"", "2") END, "t=1|t=2|" },
    { __LINE__, PART(PDF, "%PDF-1") END, "doc:a.pdf:application/pdf:%PDF-1|" },
    { __LINE__, PART(PDF, "") END, "doc:a.pdf:application/pdf:|" },
    { __LINE__, PART(PDF, "1") PART("\"t\"", "x") PART(PDF, "2") END,
        "t=x|doc:a.pdf:application/pdf:1|doc:a.pdf:application/pdf:2|" },
    /* nearly the delimiter */
    { __LINE__, PART(PDF, "\r\n--\r\n--A\r\r\n-\r\n\r") END,
        "doc:a.pdf:application/pdf:\r\n--\r\n--A\r\r\n-\r\n\r|" },
    { __LINE__, PART(PDF, "--B--") END, "doc:a.pdf:application/pdf:--B--|" },
    { __LINE__, PART(PDF, "\n--B") END, "doc:a.pdf:application/pdf:\n--B|" },
    { __LINE__, PART(PDF, "\r\n\r\n--") END, "doc:a.pdf:application/pdf:\r\n\r\n--|" },
    /* an input left empty */
    { __LINE__, PART("\"f\"; filename=\"\"", "") END, "" },
    { __LINE__, PART("\"f\"; filename=\"\"", "x") END, NULL },
    /* names of files */
    { __LINE__, NAMED("../../etc/passwd") END, NAMED_GIVES("passwd") },
    { __LINE__, NAMED("C:\\temp\\a.png") END, NAMED_GIVES("a.png") },
    { __LINE__, NAMED("a\\\"b.png") END, NAMED_GIVES("a\"b.png") },
    { __LINE__, NAMED("caf\xc3\xa9.png") END, NAMED_GIVES("caf\xc3\xa9.png") },
    { __LINE__, NAMED("photo\xe2\x80\xaegpj.exe") END, NAMED_GIVES("photogpj.exe") },
    { __LINE__, NAMED("..hidden") END, NAMED_GIVES("hidden") },
    { __LINE__, NAMED("a/") END, NAMED_GIVES("file") },
    { __LINE__, NAMED(" \t") END, NAMED_GIVES("file") },
    { __LINE__, NAMED("a.php.jpg;x=1") END, NAMED_GIVES("a.php.jpg;x=1") },
    { __LINE__, PART("\"f\"; filename=\"a\"; filename*=UTF-8''b", "x") END,
        NAMED_GIVES("a") },
    { __LINE__, NAMED("a\xff.png") END, NULL },
    /* headers */
    { __LINE__,
        PART("\"t\"\r\nX-Other: 1\r\nContent-Type: TEXT/plain; charset=x", "1") END,
        "t=1|" },
    { __LINE__, PART("\"t\"\r\nContent-Transfer-Encoding: 8bit", "1") END, "t=1|" },
    { __LINE__, PART("\"t\"\r\nContent-Transfer-Encoding: base64", "MQ==") END, NULL },
    { __LINE__, PART("\"t\"\r\nContent-Type: multipart/mixed; boundary=C", "1") END,
        NULL },
    { __LINE__, PART("\"t\"\r\nContent-Type: a/b\r\nContent-Type: a/b", "1") END,
        NULL },
    { __LINE__, PART("\"t\"\r\n" DISPOSITION "\"u\"", "1") END, NULL },
    { __LINE__, PART("\"t\"; name=\"u\"", "1") END, NULL },
    { __LINE__, PART("\"t\"\r\n folded: 1", "1") END, NULL },
    { __LINE__, PART("\"t\"\r\nNo-Colon", "1") END, NULL },
    { __LINE__, PART("\"t\"\r\nX : 1", "1") END, NULL },
    { __LINE__, PART("\"t\"\nX: 1", "1") END, NULL },
    { __LINE__, PART("\"t", "1") END, NULL },
    { __LINE__, PART("\"\"", "1") END, NULL },
    { __LINE__, PART("\"t\" x", "1") END, NULL },
    { __LINE__, "--B\r\nContent-Disposition: attachment; name=t\r\n\r\n1\r\n" END,
        NULL },
    { __LINE__, "--B\r\nContent-Type: text/plain\r\n\r\n1\r\n" END, NULL },
    { __LINE__, "--B\r\n\r\n1\r\n" END, NULL },
    /* characters */
    { __LINE__, PART("\"t\"", "\xff") END, NULL },
    { __LINE__, PART("\"t\xed\xa0\x80\"", "1") END, NULL },
    /* the frame */
    { __LINE__, "", NULL },
    { __LINE__, "--B", NULL },
    { __LINE__, "--B-", NULL },
    { __LINE__, "--B--\r", NULL },
    { __LINE__, "--B--\r\nx", NULL },
    { __LINE__, "--B--x", NULL },
    { __LINE__, "preamble\r\n" END, NULL },
    { __LINE__, "\r\n" END, NULL },
    { __LINE__, "--C\r\n", NULL },
    { __LINE__, "--B \r\n", NULL },
    { __LINE__, PART("\"t\"", "1"), NULL },
    { __LINE__, PART("\"t\"", "1") "--B", NULL },
    { __LINE__, PART("\"t\"", "1") "--Bx", NULL },
    { __LINE__, "--B\r\n" DISPOSITION PDF "\r\n\r\n%PDF", NULL },
    { __LINE__, "--B\r\n" DISPOSITION PDF, NULL },
    { __LINE__, PART(PDF, "1") "--B\r\n" DISPOSITION PDF "\r\n\r\n%PDF", NULL },
    /* sizes */
    { __LINE__, PART("\"t\"", "12345678901234567890123456789012345678901234567890") END,
        "t=12345678901234567890123456789012345678901234567890|" },
    { __LINE__,
        PART("\"t\"", "123456789012345678901234567890123456789012345678901") END,
        "413" },
    { __LINE__,
        PART(PDF, "1") PART(PDF,
            "1234567890123456789012345678901234567890123456789012345678901234567890"
            "1234567890123456789012345678901") END,
        "413" },
    { __LINE__, PART(PDF, "1") PART(PDF, "2") PART(PDF, "3") END, NULL },
};

/* The bytes of a file as text. */
static const char *content(const struct upload *u)
{
    char *bytes = arena_alloc(a, (size_t)u->bytes + 1);
    FILE *f = fopen(u->path, "rb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)u->bytes + 1, f), (size_t)u->bytes);
    fclose(f);
    return bytes;
}

/* What came of it in a line. Leaves no file. */
static const char *outcome(struct multipart *p, enum result r)
{
    size_t n;
    if (r != OK) {
        ck_assert_int_eq(r, R_INVALID);
        ck_assert_ptr_nonnull(multipart_reason(p));
        ck_assert_uint_eq(files_left(), 0);
        ck_assert_int_eq(multipart_end(p), R_INVALID);
        return multipart_too_large(p) ? "413" : NULL;
    }
    const char *s = "";
    const struct params *params = multipart_params(p);
    for (size_t i = 0; i < params->n; i++)
        s = arena_printf(a, "%s%s=%s|", s, params->at[i].name, params->at[i].value);
    const struct upload *u = multipart_uploads(p, &n);
    for (size_t i = 0; i < n; i++)
        s = arena_printf(a, "%s%s:%s:%s:%s|", s, u[i].name, u[i].filename, u[i].type,
            content(&u[i]));
    multipart_discard(p);
    multipart_discard(p);
    return s;
}

static bool same(const char *x, const char *y)
{
    return x == NULL ? y == NULL : text_is(x, y);
}

START_TEST(a_body_gives_the_same_wherever_it_is_cut)
{
    const char *body = cases[_i].body;
    size_t n = strlen(body);
    struct multipart *p;
    for (size_t cut = 0; cut <= n; cut++) {
        ck_assert_int_eq(
            multipart_new(a, "multipart/form-data; boundary=B", &limits, &p), OK);
        enum result r = multipart_feed(p, body, cut);
        r = r != OK ? r : multipart_feed(p, body + cut, n - cut);
        r = r != OK ? r : multipart_end(p);
        const char *got = outcome(p, r);
        ck_assert_msg(same(got, cases[_i].out), "case at line %d, cut at %zu: %s",
            cases[_i].line, cut, got == NULL ? multipart_reason(p) : got);
    }
    ck_assert_int_eq(
        multipart_new(a, "multipart/form-data; boundary=B", &limits, &p), OK);
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i++)
        r = multipart_feed(p, body + i, 1);
    r = r != OK ? r : multipart_end(p);
    ck_assert_msg(same(outcome(p, r), cases[_i].out), "case at line %d, byte by byte",
        cases[_i].line);
}
END_TEST

/* ---- more than fits in a line ---- */

static enum result feed_whole(struct multipart **p, const char *bytes, size_t n)
{
    ck_assert_int_eq(
        multipart_new(a, "multipart/form-data; boundary=B", &limits, p), OK);
    enum result r = multipart_feed(*p, bytes, n);
    return r != OK ? r : multipart_end(*p);
}

START_TEST(at_most_so_many_parts)
{
    const char *body = "";
    struct multipart *p;
    for (int i = 0; i < MULTIPART_PARTS_MAX; i++)
        body = arena_printf(a, "%s%s", body, PART("t", "1"));
    const char *whole = arena_printf(a, "%s%s", body, END);
    ck_assert_int_eq(feed_whole(&p, whole, strlen(whole)), OK);
    ck_assert_uint_eq(multipart_params(p)->n, MULTIPART_PARTS_MAX);
    whole = arena_printf(a, "%s%s%s", body, PART("t", "1"), END);
    ck_assert_int_eq(feed_whole(&p, whole, strlen(whole)), R_INVALID);
}
END_TEST

START_TEST(headers_of_a_part_have_a_maximum)
{
    struct multipart *p;
    char *filler = arena_alloc(a, MULTIPART_HEAD_BYTES_MAX + 1);
    memset(filler, 'x', MULTIPART_HEAD_BYTES_MAX - 100);
    const char *ok =
        arena_printf(a, "--B\r\n" DISPOSITION "t\r\nX: %s\r\n\r\n1\r\n" END, filler);
    ck_assert_int_eq(feed_whole(&p, ok, strlen(ok)), OK);
    memset(filler, 'x', MULTIPART_HEAD_BYTES_MAX);
    const char *bad =
        arena_printf(a, "--B\r\n" DISPOSITION "t\r\nX: %s\r\n\r\n1\r\n" END, filler);
    ck_assert_int_eq(feed_whole(&p, bad, strlen(bad)), R_INVALID);
}
END_TEST

START_TEST(a_nul_is_content_in_a_file_but_not_elsewhere)
{
    static const char file[] = PART(PDF, "a\0b") END, text[] = PART("t", "a\0b") END,
                      head[] = PART("\"f\"; filename=\"a\0.png\"", "x") END;
    struct multipart *p;
    size_t n;
    ck_assert_int_eq(feed_whole(&p, file, sizeof file - 1), OK);
    ck_assert_int_eq(multipart_uploads(p, &n)[0].bytes, 3);
    ck_assert_mem_eq(content(multipart_uploads(p, &n)), "a\0b", 3);
    multipart_discard(p);
    ck_assert_int_eq(feed_whole(&p, text, sizeof text - 1), R_INVALID);
    ck_assert_int_eq(feed_whole(&p, head, sizeof head - 1), R_INVALID);
}
END_TEST

START_TEST(a_file_larger_than_the_buffers_arrives_whole_and_private)
{
    enum { BYTES = 100 * 1000 };
    static const char head[] = "--B\r\n" DISPOSITION PDF "\r\n\r\n", end[] = "\r\n" END;
    char *body = arena_alloc(a, sizeof head + BYTES + sizeof end);
    struct multipart *p;
    struct stat st;
    size_t n;
    memcpy(body, head, sizeof head - 1);
    for (size_t i = 0; i < BYTES; i++)
        body[sizeof head - 1 + i] = "\r\n--\r\n-\rabc"[i * 7 % 11];
    memcpy(body + sizeof head - 1 + BYTES, end, sizeof end - 1);
    limits.file_bytes_max = BYTES;
    ck_assert_int_eq(feed_whole(&p, body, sizeof head + BYTES + sizeof end - 2), OK);
    const struct upload *u = multipart_uploads(p, &n);
    ck_assert_int_eq(u->bytes, BYTES);
    ck_assert_int_eq(stat(u->path, &st), 0);
    ck_assert_int_eq(st.st_size, BYTES);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    ck_assert_mem_eq(content(u), body + sizeof head - 1, BYTES);
    multipart_discard(p);
}
END_TEST

START_TEST(a_file_name_may_not_be_endless)
{
    struct multipart *p;
    char *name = arena_alloc(a, 2 * MULTIPART_FILENAME_MAX + 1);
    for (size_t i = 0; i < MULTIPART_FILENAME_MAX; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    static const char form[] =
        "--B\r\n" DISPOSITION "f; filename=\"%s%s\"\r\n\r\nx\r\n" END;
    const char *ok = arena_printf(a, form, name, ""),
               *bad = arena_printf(a, form, name, "x");
    ck_assert_int_eq(feed_whole(&p, ok, strlen(ok)), OK);
    multipart_discard(p);
    ck_assert_int_eq(feed_whole(&p, bad, strlen(bad)), R_INVALID);
    ck_assert_str_eq(multipart_reason(p),
        "The file's name is too long. Shorten it to 200 characters.");
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_our_fault)
{
    static const char body[] = PART(PDF, "1") END;
    struct multipart *p;
    limits.folder = arena_printf(a, "%s/nowhere", folder);
    ck_assert_int_eq(feed_whole(&p, body, sizeof body - 1), R_FAULT);
    ck_assert_ptr_nonnull(multipart_reason(p));
    ck_assert_int_eq(multipart_end(p), R_FAULT);
}
END_TEST

/* ---- a request's body ---- */

struct source {
    const char *at;
    size_t n;
};

static ssize_t read_source(void *arg, void *bytes, size_t n)
{
    struct source *s = arg;
    n = n < 7 ? n : 7;
    n = n < s->n ? n : s->n;
    memcpy(bytes, s->at, n);
    s->at += n;
    s->n -= n;
    return (ssize_t)n;
}

static const struct {
    int line;
    const char *type;
    int more; /* declared beyond what comes */
    int status;
} request_cases[] = {
    { __LINE__, "multipart/form-data; boundary=B", 0, 0 },
    { __LINE__, "multipart/form-data; boundary=B", 1, 400 },
    { __LINE__, "multipart/form-data; boundary=B", -1, 400 },
    { __LINE__, "multipart/form-data; boundary=B", -9, 400 },
    { __LINE__, "multipart/form-data; boundary=B", 1024 * 1024, 413 },
    { __LINE__, "multipart/form-data", 0, 400 },
    { __LINE__, "application/x-www-form-urlencoded", 0, 415 },
    { __LINE__, NULL, 0, 415 },
};

START_TEST(a_request_must_declare_what_it_sends)
{
    static const char body[] = PART("t", "1") PART(PDF, "2") END;
    struct source source = { body, sizeof body - 1 };
    struct request req = { .content_type = request_cases[_i].type,
        .content_length = (int64_t)sizeof body - 1 + request_cases[_i].more,
        .body = { read_source, &source } };
    struct multipart *p = NULL;
    enum result r = request_multipart(a, &req, &limits, &p);
    ck_assert_msg((r == OK) == (request_cases[_i].status == 0) &&
                      req.refused_status == request_cases[_i].status,
        "case at line %d: %d", request_cases[_i].line, req.refused_status);
    ck_assert_uint_eq(files_left(), r == OK ? 1 : 0);
    if (r == OK)
        multipart_discard(p);
    else
        ck_assert_ptr_nonnull(req.refused);
}
END_TEST

void unit_http_multipart(Suite *s)
{
    TCase *t = tcase_create("multipart");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(
        t, the_boundary_is_read_or_refused, 0, COUNT_OF(boundary_cases));
    tcase_add_loop_test(
        t, a_body_gives_the_same_wherever_it_is_cut, 0, COUNT_OF(cases));
    tcase_add_test(t, at_most_so_many_parts);
    tcase_add_test(t, headers_of_a_part_have_a_maximum);
    tcase_add_test(t, a_nul_is_content_in_a_file_but_not_elsewhere);
    tcase_add_test(t, a_file_larger_than_the_buffers_arrives_whole_and_private);
    tcase_add_test(t, a_file_name_may_not_be_endless);
    tcase_add_test(t, a_folder_that_is_not_there_is_our_fault);
    tcase_add_loop_test(
        t, a_request_must_declare_what_it_sends, 0, COUNT_OF(request_cases));
    suite_add_tcase(s, t);
}
