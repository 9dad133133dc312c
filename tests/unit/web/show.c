#include "unit.h"

#include "web/show.h"

START_TEST(an_instant_for_programs_keeps_its_seconds)
{
    struct ctx c = { .arena = arena_new(64 * 1024) };
    ck_assert_str_eq(show_iso(&c, 1795522507), "2026-11-24T12:15:07Z");
    ck_assert_str_eq(show_iso(&c, 0), "1970-01-01T00:00:00Z");
    arena_free(c.arena);
}
END_TEST

void unit_web_show(Suite *s)
{
    TCase *t = tcase_create("show");
    tcase_add_test(t, an_instant_for_programs_keeps_its_seconds);
    suite_add_tcase(s, t);
}
