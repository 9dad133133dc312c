#include "http/request.h"

#include "unit.h"
#include "util/guard.h"

static struct arena *a;

static void setup(void)
{
    a = arena_new(4 * 1024 * 1024);
}

static void teardown(void)
{
    arena_free(a);
}

static enum result parse(const char *const *list, struct request *out)
{
    char *env[24] = { NULL };
    for (size_t i = 0; list[i] != NULL; i++)
        env[i] = arena_strdup(a, list[i]);
    size_t n;
    struct request_param *pairs = request_params_of_env(a, env, &n);
    return request_parse(a, pairs, n, out);
}

#define ENV(...) ((const char *const[]) { __VA_ARGS__, NULL })

static const struct {
    int line;
    const char *document_uri, *request_uri;
    const char *path; /* NULL: refused */
} path_cases[] = {
    { __LINE__, "DOCUMENT_URI=/a", "", "/a" },
    { __LINE__, "DOCUMENT_URI=/a%41", "REQUEST_URI=/a%2541", "/a%41" },
    { __LINE__, "", "REQUEST_URI=/a%41?x=%2F", "/aA" },
    { __LINE__, "", "REQUEST_URI=/caf%C3%A9", "/caf\xc3\xa9" },
    { __LINE__, "", "REQUEST_URI=/a+b", "/a+b" },
    { __LINE__, "", "REQUEST_URI=/a#b", "/a" },
    { __LINE__, "DOCUMENT_URI=/\xff", "REQUEST_URI=/", NULL },
    { __LINE__, "DOCUMENT_URI=/a\nb", "", NULL },
    { __LINE__, "", "REQUEST_URI=/a%00b", NULL },
    { __LINE__, "", "REQUEST_URI=/a%0d%0ab", NULL },
    { __LINE__, "", "REQUEST_URI=/%zz", NULL },
    { __LINE__, "", "REQUEST_URI=/%c0%ae", NULL },
    { __LINE__, "", "REQUEST_URI=http://evil.example/", NULL },
    { __LINE__, "", "REQUEST_URI=*", NULL },
    { __LINE__, "", "REQUEST_URI=", NULL },
    { __LINE__, "", "", NULL },
};

START_TEST(the_path_is_decoded_once_and_clean)
{
    struct request req;
    enum result r = parse(ENV("REQUEST_METHOD=GET", path_cases[_i].document_uri,
                              path_cases[_i].request_uri),
        &req);
    if (path_cases[_i].path == NULL)
        ck_assert_msg(r == R_INVALID && req.refused_status == 400, "case at line %d",
            path_cases[_i].line);
    else
        ck_assert_msg(r == OK && text_is(req.path, path_cases[_i].path),
            "case at line %d: %s", path_cases[_i].line, req.path);
}
END_TEST

START_TEST(variables_land_in_their_places)
{
    struct request req;
    ck_assert_int_eq(
        parse(ENV("REQUEST_METHOD=POST", "DOCUMENT_URI=/login",
                  "QUERY_STRING=next=%2Fa&x", "CONTENT_TYPE=text/plain",
                  "CONTENT_LENGTH=12", "HTTP_COOKIE=a=b", "HTTP_HOST=Prep.Example:8080",
                  "REMOTE_ADDR=192.0.2.1", "HTTP_X_FORWARDED_FOR=6.6.6.6",
                  "HTTP_USER_AGENT=ua\xff\n", "HTTP_ORIGIN=null",
                  "HTTP_SEC_FETCH_SITE=cross-site", "HTTP_STRIPE_SIGNATURE=t=1",
                  "HTTPS=on", "REQUEST_ID=ab12", "HTTP_REFERER="),
            &req),
        OK);
    ck_assert_int_eq(req.method, HTTP_POST);
    ck_assert_str_eq(req.path, "/login");
    ck_assert_str_eq(params_get(req.query, "next"), "/a");
    ck_assert_str_eq(params_get(req.query, "x"), "");
    ck_assert_str_eq(req.content_type, "text/plain");
    ck_assert_int_eq(req.content_length, 12);
    ck_assert_str_eq(req.cookie_header, "a=b");
    ck_assert_str_eq(req.host, "prep.example:8080");
    ck_assert_str_eq(req.remote_address, "192.0.2.1");
    ck_assert_str_eq(req.user_agent, "ua??");
    ck_assert_str_eq(req.origin, "null");
    ck_assert_str_eq(req.sec_fetch_site, "cross-site");
    ck_assert_str_eq(req.stripe_signature, "t=1");
    ck_assert_str_eq(req.request_id, "ab12");
    ck_assert_ptr_null(req.referer);
    ck_assert_ptr_null(req.if_none_match);
    ck_assert(req.https);
}
END_TEST

static const struct {
    int line;
    const char *variable;
    bool ok;
} variable_cases[] = {
    { __LINE__, "CONTENT_LENGTH=", true },
    { __LINE__, "CONTENT_LENGTH=0", true },
    { __LINE__, "CONTENT_LENGTH=-1", false },
    { __LINE__, "CONTENT_LENGTH=1x", false },
    { __LINE__, "CONTENT_LENGTH=99999999999999999999", false },
    { __LINE__, "HTTP_HOST=[::1]:80", true },
    { __LINE__, "HTTP_HOST=a\r\nb", false },
    { __LINE__, "HTTP_HOST=evil/..", false },
    { __LINE__, "QUERY_STRING=a=%zz", false },
    { __LINE__, "QUERY_STRING=a=%00", false },
    { __LINE__, "QUERY_STRING=a=%ff", false },
    { __LINE__, "QUERY_STRING=a;b", true },
    { __LINE__, "NO_EQUALS_SIGN", true },
};

START_TEST(malformed_variables_are_refused)
{
    struct request req;
    enum result r = parse(
        ENV("REQUEST_METHOD=GET", "DOCUMENT_URI=/", variable_cases[_i].variable), &req);
    ck_assert_msg(
        (r == OK) == variable_cases[_i].ok, "case at line %d", variable_cases[_i].line);
    ck_assert_ptr_nonnull(req.query);
}
END_TEST

START_TEST(methods_are_known_by_their_exact_names)
{
    static const struct {
        const char *variable;
        enum http_method method;
    } cases[] = {
        { "REQUEST_METHOD=GET", HTTP_GET },
        { "REQUEST_METHOD=HEAD", HTTP_HEAD },
        { "REQUEST_METHOD=POST", HTTP_POST },
        { "REQUEST_METHOD=get", HTTP_OTHER },
        { "REQUEST_METHOD=DELETE", HTTP_OTHER },
        { "REQUEST_METHOD=other", HTTP_OTHER },
    };
    struct request req;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(parse(ENV(cases[i].variable, "DOCUMENT_URI=/"), &req), OK);
        ck_assert_int_eq(req.method, cases[i].method);
    }
    ck_assert_int_eq(parse(ENV("DOCUMENT_URI=/"), &req), R_INVALID);
    ck_assert_str_eq(http_method_name(HTTP_POST), "POST");
}
END_TEST

START_TEST(without_a_query_variable_the_uri_has_it)
{
    struct request req;
    ck_assert_int_eq(parse(ENV("REQUEST_METHOD=GET", "REQUEST_URI=/a?b=1"), &req), OK);
    ck_assert_str_eq(req.query_string, "b=1");
    ck_assert_str_eq(params_get(req.query, "b"), "1");
}
END_TEST

/* ---- bodies ---- */

struct source {
    const char *at;
    size_t n, step;
    bool broken;
};

static ssize_t read_source(void *arg, void *bytes, size_t n)
{
    struct source *s = arg;
    n = n < s->step ? n : s->step;
    n = n < s->n ? n : s->n;
    if (n == 0 && s->broken)
        return -1;
    memcpy(bytes, s->at, n);
    s->at += n;
    s->n -= n;
    return (ssize_t)n;
}

static const struct {
    int line;
    int64_t declared;
    const char *sent;
    size_t max;
    int status; /* 0: taken */
} body_cases[] = {
    { __LINE__, 5, "hello", 5, 0 },
    { __LINE__, 0, "", 5, 0 },
    { __LINE__, 5, "hello", 4, 413 },
    { __LINE__, 5, "hell", 9, 400 },
    { __LINE__, 5, "hello!", 9, 400 },
    { __LINE__, 5, "", 9, 400 },
    { __LINE__, (int64_t)1 << 40, "hello", 9, 413 },
};

START_TEST(a_body_is_taken_whole_or_not_at_all)
{
    for (size_t step = 1; step < 8; step++) {
        struct source source = { body_cases[_i].sent, strlen(body_cases[_i].sent), step,
            step % 2 == 0 };
        struct request req = { .content_length = body_cases[_i].declared,
            .body = { read_source, &source } };
        struct span body;
        enum result r = request_body(a, &req, body_cases[_i].max, &body);
        ck_assert_msg((r == OK) == (body_cases[_i].status == 0) &&
                          req.refused_status == body_cases[_i].status,
            "case at line %d", body_cases[_i].line);
        ck_assert_uint_eq(body.n, r == OK ? strlen(body_cases[_i].sent) : 0);
        if (r == OK)
            ck_assert_mem_eq(body.at, body_cases[_i].sent, body.n);
    }
}
END_TEST

static const struct {
    int line;
    const char *type, *body;
    int status;
} form_cases[] = {
    { __LINE__, "application/x-www-form-urlencoded", "a=1", 0 },
    { __LINE__, "Application/X-WWW-Form-urlencoded; charset=utf-8", "a=1", 0 },
    { __LINE__, "application/x-www-form-urlencoded2", "a=1", 415 },
    { __LINE__, "application/json", "{}", 415 },
    { __LINE__, NULL, "a=1", 415 },
    { __LINE__, "application/x-www-form-urlencoded", "a=%zz", 400 },
    { __LINE__, "application/x-www-form-urlencoded", "a=%00", 400 },
};

START_TEST(a_form_needs_its_type_and_clean_characters)
{
    const char *sent = form_cases[_i].body;
    struct source source = { sent, strlen(sent), 100, false };
    struct request req = { .content_type = form_cases[_i].type,
        .content_length = (int64_t)strlen(sent),
        .body = { read_source, &source } };
    struct params p;
    enum result r = request_form(a, &req, 100, &p);
    ck_assert_msg((r == OK) == (form_cases[_i].status == 0) &&
                      req.refused_status == form_cases[_i].status,
        "case at line %d", form_cases[_i].line);
    ck_assert_uint_eq(p.n, r == OK);
    ck_assert(r == OK || req.refused != NULL);
}
END_TEST

void unit_http_request(Suite *s)
{
    TCase *t = tcase_create("request");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, the_path_is_decoded_once_and_clean, 0, COUNT_OF(path_cases));
    tcase_add_test(t, variables_land_in_their_places);
    tcase_add_loop_test(
        t, malformed_variables_are_refused, 0, COUNT_OF(variable_cases));
    tcase_add_test(t, methods_are_known_by_their_exact_names);
    tcase_add_test(t, without_a_query_variable_the_uri_has_it);
    tcase_add_loop_test(
        t, a_body_is_taken_whole_or_not_at_all, 0, COUNT_OF(body_cases));
    tcase_add_loop_test(
        t, a_form_needs_its_type_and_clean_characters, 0, COUNT_OF(form_cases));
    suite_add_tcase(s, t);
}
