#include "html/view.h"

#include <string.h>

#include "unit.h"

static struct arena *arena;

static void begin(void)
{
    arena = arena_new(1024 * 1024);
}

static void end(void)
{
    arena_free(arena);
}

static const struct view *member(const struct view *v, const char *key)
{
    return view_find(v, key, strlen(key), view_hash(key, strlen(key)));
}

START_TEST(texts_are_copied_and_null_is_empty)
{
    struct view *v = view_new(arena);
    char name[] = "Ann";
    view_text(v, "name", name);
    view_text(v, "none", NULL);
    view_textf(v, "price", "$%d.%02d", 618, 45);
    view_item_text(view_list(v, "tags"), NULL);
    name[0] = 'x';
    ck_assert_str_eq(member(v, "name")->text, "Ann");
    ck_assert_str_eq(member(v, "none")->text, "");
    ck_assert_str_eq(member(v, "price")->text, "$618.45");
    ck_assert_str_eq(member(v, "tags")->first->text, "");
}
END_TEST

START_TEST(ints_show_all_their_digits)
{
    struct view *v = view_new(arena);
    view_int(v, "least", INT64_MIN);
    view_int(v, "most", INT64_MAX);
    view_int(v, "zero", 0);
    ck_assert_str_eq(member(v, "least")->text, "-9223372036854775808");
    ck_assert_str_eq(member(v, "most")->text, "9223372036854775807");
    ck_assert_str_eq(member(v, "zero")->text, "0");
}
END_TEST

START_TEST(a_key_set_twice_has_the_later_value_and_keeps_its_neighbours)
{
    struct view *v = view_new(arena);
    view_text(v, "a", "1");
    view_item(view_list(v, "b"));
    view_text(v, "c", "3");
    view_bool(v, "b", false);
    view_safe(v, "a", "<b>");
    ck_assert_int_eq(member(v, "a")->kind, VIEW_SAFE);
    ck_assert_str_eq(member(v, "a")->text, "<b>");
    ck_assert_int_eq(member(v, "b")->kind, VIEW_BOOL);
    ck_assert_ptr_null(member(v, "b")->first);
    ck_assert_str_eq(member(v, "c")->text, "3");
    ck_assert_ptr_eq(v->last, member(v, "c"));
}
END_TEST

START_TEST(has_is_about_the_object_itself)
{
    struct view *v = view_new(arena);
    view_text(view_object(v, "inner"), "name", "");
    ck_assert(view_has(v, "inner"));
    ck_assert(view_has(member(v, "inner"), "name"));
    ck_assert(!view_has(v, "name"));
    ck_assert(!view_has(v, "inne"));
    ck_assert(!view_has(v, "inner "));
}
END_TEST

START_TEST(empty_texts_and_lists_and_false_are_no)
{
    struct view *v = view_new(arena);
    view_text(v, "empty", "");
    view_text(v, "text", "0");
    view_bool(v, "off", false);
    view_bool(v, "on", true);
    view_list(v, "none");
    view_item(view_list(v, "one"));
    view_object(v, "object");
    ck_assert(!view_truth(member(v, "empty")));
    ck_assert(view_truth(member(v, "text")));
    ck_assert(!view_truth(member(v, "off")));
    ck_assert(view_truth(member(v, "on")));
    ck_assert(!view_truth(member(v, "none")));
    ck_assert(view_truth(member(v, "one")));
    ck_assert(view_truth(member(v, "object")));
}
END_TEST

void unit_html_view(Suite *s)
{
    TCase *t = tcase_create("view");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, texts_are_copied_and_null_is_empty);
    tcase_add_test(t, ints_show_all_their_digits);
    tcase_add_test(t, a_key_set_twice_has_the_later_value_and_keeps_its_neighbours);
    tcase_add_test(t, has_is_about_the_object_itself);
    tcase_add_test(t, empty_texts_and_lists_and_false_are_no);
    suite_add_tcase(s, t);
}
