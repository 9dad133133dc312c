#include "http/local_path.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

static const struct {
    int line;
    const char *path;
    bool ok;
} cases[] = {
    { __LINE__, "/", true },
    { __LINE__, "/bookings/7?page=2#top", true },
    { __LINE__, "/listings/3-caf\xc3\xa9", true },
    { __LINE__, "/a//b", true },
    { __LINE__, NULL, false },
    { __LINE__, "", false },
    { __LINE__, "bookings", false },
    { __LINE__, "//evil.example", false },
    { __LINE__, "/\\evil.example", false },
    { __LINE__, "\\\\evil.example", false },
    { __LINE__, "/a\\b", false },
    { __LINE__, "https:evil.example", false },
    { __LINE__, "https://evil.example", false },
    { __LINE__, "javascript:alert(1)", false },
    { __LINE__, "\t//evil.example", false },
    { __LINE__, "/\t/evil.example", false },
    { __LINE__, " /bookings", false },
    { __LINE__, "/a\r\nSet-Cookie: x=1", false },
    { __LINE__, "/a\x7f", false },
    { __LINE__, "/\xe2\x80\xae", false },
    { __LINE__, "/\xff", false },
};

START_TEST(only_paths_of_this_site_are_local)
{
    ck_assert_msg(http_local_path_ok(cases[_i].path) == cases[_i].ok, "case at line %d",
        cases[_i].line);
}
END_TEST

START_TEST(a_path_may_not_be_endless)
{
    char path[LOCAL_PATH_BYTES_MAX + 2] = { 0 };
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    ck_assert(!http_local_path_ok(path));
    path[LOCAL_PATH_BYTES_MAX] = '\0';
    ck_assert(http_local_path_ok(path));
}
END_TEST

void unit_http_local_path(Suite *s)
{
    TCase *t = tcase_create("local_path");
    tcase_add_loop_test(t, only_paths_of_this_site_are_local, 0, COUNT_OF(cases));
    tcase_add_test(t, a_path_may_not_be_endless);
    suite_add_tcase(s, t);
}
