#include "support/site.h"

#include <check.h>
#undef fail
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/migrate.h"
#include "demo/demo.h"
#include "domain/places.h"
#include "domain/sessions.h"
#include "support/keep.h"
#include "util/rand.h"
#include "util/text.h"

static struct site the_site;
static struct templates *the_templates;
static char folder[64];

static int remove_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

struct site *site_fresh(void)
{
    static struct conf conf;
    static struct arena *arena;
    struct buf why;
    buf_init(&why, 4096);
    rand_open();
    rand_seed(1);
    if (arena != NULL)
        arena_free(arena);
    arena = arena_new(1024 * 1024);
    snprintf(folder, sizeof folder, "/tmp/prep-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(conf_read(arena, NULL, &conf, &why), OK);
    const char *source = getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".";
    conf.data_dir = arena_printf(arena, "%s/data", folder);
    conf.template_dir = arena_printf(arena, "%s/templates", source);
    conf.static_dir = arena_printf(arena, "%s/static", source);
    conf.base_url = "http://prep.test";
    conf.stripe_api_base = "http://127.0.0.1:1";
    const char *build = getenv("BUILDDIR") != NULL ? getenv("BUILDDIR") : ".";
    conf.media_program = arena_printf(arena, "%s/prep-media", build);
    conf.password_mem_kib = 8192;
    enum result r = migrate_run(conf.data_dir, SITE_NOW_AT, &why, &why);
    ck_assert_msg(r == OK, "%s", why.at);
    ck_assert_int_eq(app_make_secret(conf.data_dir, &why), OK);
    ck_assert_int_eq(mkdir(arena_printf(arena, "%s/incoming", conf.data_dir), 0700), 0);
    the_templates = templates_load(conf.template_dir, &why);
    ck_assert_msg(the_templates != NULL, "%s", why.at);
    r = site_open(&the_site, &conf, the_templates, "test", &why);
    ck_assert_msg(r == OK, "%s", why.at);
    the_site.app.fixed_now_at = SITE_NOW_AT;
    buf_free(&why);
    return &the_site;
}

static int files_found;

static int count_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path, (void)st, (void)ftw;
    files_found += type == FTW_F;
    return 0;
}

int site_files(struct site *site, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", site->app.conf.data_dir, name);
    files_found = 0;
    nftw(path, count_entry, 16, FTW_PHYS);
    return files_found;
}

void site_gone(struct site *site)
{
    site_close(site);
    templates_free(the_templates);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void browser_open(struct browser *b, struct site *site)
{
    *b = (struct browser) { .site = site, .answer = calloc(1, 1) };
}

void browser_close(struct browser *b)
{
    free(b->answer);
}

/* ---- cookies ---- */

static void keep_cookie(struct browser *b, const char *line)
{
    size_t name = strcspn(line, "=") + 1, whole = strcspn(line, ";\r");
    int i = 0;
    while (i < b->cookie_count && strncmp(b->cookies[i], line, name) != 0)
        i++;
    ck_assert_int_lt(i, 8);
    ck_assert_uint_lt(whole, sizeof b->cookies[0]);
    if (whole == name) { /* removed */
        if (i < b->cookie_count)
            memmove(b->cookies[i], b->cookies[--b->cookie_count], sizeof b->cookies[0]);
        return;
    }
    memcpy(b->cookies[i], line, whole);
    b->cookies[i][whole] = '\0';
    if (i == b->cookie_count)
        b->cookie_count++;
}

static void read_answer(struct browser *b)
{
    const struct buf *page = &b->site->page;
    free(b->answer);
    b->answer = malloc(page->n + 1);
    memcpy(b->answer, page->at, page->n + 1);
    b->answer_n = page->n;
    b->status = 200;
    b->location[0] = '\0';
    for (char *line = b->answer; *line != '\r' && *line != '\0';) {
        if (text_starts(line, "Status: "))
            b->status = (int)strtol(line + 8, NULL, 10);
        if (text_starts(line, "Location: "))
            snprintf(b->location, sizeof b->location, "%.*s",
                (int)strcspn(line + 10, "\r"), line + 10);
        if (text_starts(line, "Set-Cookie: "))
            keep_cookie(b, line + 12);
        line = strstr(line, "\r\n");
        ck_assert_ptr_nonnull(line);
        line += 2;
    }
}

const char *browser_body(const struct browser *b)
{
    const char *body = strstr(b->answer, "\r\n\r\n");
    return body == NULL ? "" : body + 4;
}

bool browser_shows(const struct browser *b, const char *text)
{
    return strstr(browser_body(b), text) != NULL;
}

/* ---- requests ---- */

static void keep(const struct browser *b, const char *method)
{
    const char *body = browser_body(b);
    const char *type = strstr(b->answer, "Content-Type: text/html");
    if (type != NULL && type < body && *body != '\0')
        keep_page(b->cookie_count == 0 || *b->role == '\0' ? "nobody" : b->role,
            b->status, method, b->site->last_route, body);
}

struct body {
    const char *at;
    size_t n;
};

static ssize_t read_body(void *arg, void *bytes, size_t n)
{
    struct body *body = arg;
    size_t take = n < body->n ? n : body->n;
    memcpy(bytes, body->at, take);
    body->at += take;
    body->n -= take;
    return (ssize_t)take;
}

static int send_body(struct browser *b, const char *method, const char *path,
    const char *type, const char *body, size_t body_n)
{
    char cookies[2048] = "", length[32], document[1024];
    for (int i = 0; i < b->cookie_count; i++) {
        size_t n = strlen(cookies);
        snprintf(
            cookies + n, sizeof cookies - n, "%s%s", n > 0 ? "; " : "", b->cookies[i]);
    }
    size_t n = strcspn(path, "?");
    snprintf(document, sizeof document, "%.*s", (int)n, path);
    snprintf(length, sizeof length, "%zu", body_n);
    bool post = text_is(method, "POST");
    const struct request_param pairs[] = {
        { "REQUEST_METHOD", method },
        { "DOCUMENT_URI", document },
        { "QUERY_STRING", path[n] == '?' ? path + n + 1 : "" },
        { "REMOTE_ADDR", b->address == NULL ? "192.0.2.7" : b->address },
        { "HTTP_HOST", "prep.test" },
        { "HTTP_USER_AGENT", "test" },
        { "HTTP_COOKIE", cookies },
        { "CONTENT_TYPE", post ? type : "" },
        { "CONTENT_LENGTH", post ? length : "" },
    };
    struct body source = { body, body_n };
    serve(b->site, pairs, sizeof pairs / sizeof *pairs,
        (struct body_reader) { read_body, &source });
    b->queries = db_query_count(b->site->app.db);
    const struct route *route = b->site->last_route;
    ck_assert_msg(route == NULL || b->queries <= route->queries,
        "%s %s: %d queries, budget %d", method, path, b->queries,
        route == NULL ? 0 : route->queries);
    read_answer(b);
    keep(b, method);
    serve_after(b->site, !b->is_gone);
    return b->status;
}

static int send_request(
    struct browser *b, const char *method, const char *path, const char *body)
{
    return send_body(
        b, method, path, "application/x-www-form-urlencoded", body, strlen(body));
}

int browser_get(struct browser *b, const char *path)
{
    return send_request(b, "GET", path, "");
}

int browser_head(struct browser *b, const char *path)
{
    return send_request(b, "HEAD", path, "");
}

int browser_post_bare(struct browser *b, const char *path, const char *fields)
{
    return send_request(b, "POST", path, fields);
}

/* Of the last page, up to its closing quote. */
static const char *csrf_of(const struct browser *b, const char *path)
{
    static const char marker[] = "name=\"csrf\" value=\"";
    const char *token = strstr(browser_body(b), marker);
    ck_assert_msg(token != NULL, "the last page has no form to send to %s", path);
    return token + sizeof marker - 1;
}

int browser_post(struct browser *b, const char *path, const char *fields)
{
    const char *token = csrf_of(b, path);
    char *body = NULL;
    ck_assert_int_gt(asprintf(&body, "%s%scsrf=%.*s", fields, *fields ? "&" : "",
                         (int)strcspn(token, "\""), token),
        0);
    int status = send_request(b, "POST", path, body);
    free(body);
    return status;
}

#define BOUNDARY "----test-boundary-7f3a"

static void add_field(
    struct buf *body, const char *name, const char *value, size_t value_n)
{
    buf_printf(body,
        "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n", name);
    buf_add(body, value, value_n);
    buf_adds(body, "\r\n");
}

int browser_upload(struct browser *b, const char *path, const char *const *fields,
    const struct browser_file *files, size_t n)
{
    struct buf body;
    buf_init(&body, 32 * 1024 * 1024);
    const char *token = csrf_of(b, path);
    add_field(&body, "csrf", token, strcspn(token, "\""));
    for (; *fields != NULL; fields += 2)
        add_field(&body, fields[0], fields[1], strlen(fields[1]));
    for (size_t i = 0; i < n; i++) {
        const struct browser_file *f = &files[i];
        buf_printf(&body,
            "--" BOUNDARY
            "\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"",
            f->field);
        buf_add(&body, f->filename,
            f->filename_n != 0 ? f->filename_n : strlen(f->filename));
        buf_adds(&body, "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
        buf_add(&body, f->bytes, f->n);
        buf_adds(&body, "\r\n");
    }
    buf_adds(&body, "--" BOUNDARY "--\r\n");
    ck_assert(buf_ok(&body));
    int status = send_body(
        b, "POST", path, "multipart/form-data; boundary=" BOUNDARY, body.at, body.n);
    buf_free(&body);
    return status;
}

/* ---- people ---- */

struct person {
    const char *email, *role, *token;
    char kept[64];
    int64_t id;
};

static enum result add_person(struct ctx *c, void *arg)
{
    struct person *p = arg;
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_ACCOUNTS_ADD);
    bind_text(q, "email", p->email);
    bind_text(q, "email_key", p->email);
    bind_text(q, "password_hash", "-");
    bind_text(q, "full_name", "Test Person");
    bind_text(q, "role", p->role);
    bind_text(q, "business_name", "");
    bind_text(q, "phone", "");
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    p->id = db_last_id(c->db);
    q = db_query(c->db, Q_ACCOUNTS_VERIFY);
    bind_int(q, "id", p->id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(sessions_open(c, p->id, "192.0.2.7", "test", &p->token));
    snprintf(p->kept, sizeof p->kept, "%s", p->token);
    return db_commit(c->db);
}

int64_t browser_log_in_as(struct browser *b, const char *email, const char *role)
{
    struct person p = { .email = email, .role = role };
    ck_assert_int_eq(app_run(&b->site->app, DB_WRITE, add_person, &p, NULL), OK);
    char line[128];
    snprintf(line, sizeof line, "__Host-prep=%s", p.kept);
    keep_cookie(b, line);
    snprintf(b->role, sizeof b->role, "%s", role);
    return p.id;
}

static enum result load_places(struct ctx *c, void *arg)
{
    (void)arg;
    size_t n;
    const char *source = getenv("SRCDIR") != NULL ? getenv("SRCDIR") : ".";
    return places_import(
        c, ctx_printf(c, "%s/tests/fixtures/places.tsv", source), NULL, NULL, &n);
}

void site_load_places(struct site *site)
{
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, load_places, NULL, NULL), OK);
}

void site_load_demo(struct site *site)
{
    struct buf why;
    buf_init(&why, 1024);
    enum result r = app_run(&site->app, DB_WRITE, demo_load, NULL, &why);
    if (r == OK)
        r = app_run(&site->app, DB_WRITE, load_places, NULL, &why);
    ck_assert_msg(r == OK, "%s", why.at);
    buf_free(&why);
}

static enum result open_session(struct ctx *c, void *arg)
{
    struct person *p = arg;
    struct query *q = db_query(c->db, Q_ACCOUNTS_BY_EMAIL);
    bind_text(q, "email_key", p->email);
    TRY(query_step(q));
    p->id = col_int(q, "id");
    TRY(db_begin(c->db));
    TRY(sessions_open(c, p->id, "192.0.2.7", "test", &p->token));
    snprintf(p->kept, sizeof p->kept, "%s", p->token);
    return db_commit(c->db);
}

void browser_log_in_demo(struct browser *b, const char *email)
{
    struct person p = { .email = email };
    ck_assert_int_eq(app_run(&b->site->app, DB_WRITE, open_session, &p, NULL), OK);
    char line[128];
    snprintf(line, sizeof line, "__Host-prep=%s", p.kept);
    keep_cookie(b, line);
    snprintf(
        b->role, sizeof b->role, "%.*s", (int)strcspn(email, "0123456789@"), email);
}
