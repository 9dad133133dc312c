/* The feed of bookings through nginx: its address is a secret, so no log may keep it.
 */
#include "http.h"

#include <stdio.h>
#include <string.h>

#include "http/client.h"
#include "http/people.h"
#include "util/guard.h"

static struct client c;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

static bool log_has(const char *name, const char *text)
{
    char line[65536];
    bool found = false;
    FILE *f = fopen(stack_path(&stack, name), "re");
    CHECK(f != NULL);
    while (!found && fgets(line, sizeof line, f) != NULL)
        found = strstr(line, text) != NULL;
    fclose(f);
    return found;
}

static bool is_logged(void *arg)
{
    ck_assert_ptr_null(arg);
    return log_has("run/nginx.log", "\"GET -\" 200");
}

START_TEST(a_calendar_is_read_by_its_address_which_no_log_keeps)
{
    struct person host = people_demo("host@demo.test");
    people_log_in(&c, &host);
    ck_assert_int_eq(client_get(&c, "/account"), 200);
    ck_assert_int_eq(client_post(&c, "/account/calendar", ""), 303);
    ck_assert_int_eq(client_get(&c, "/account"), 200);
    const char *at = strstr(c.body.at, "/calendar/");
    ck_assert_ptr_nonnull(at);
    const char *path = arena_strndup(c.arena, at, strcspn(at, "\""));
    client_forget(&c);
    ck_assert_int_eq(client_get(&c, path), 200);
    ck_assert_str_eq(client_header(&c, "Content-Type"), "text/calendar; charset=utf-8");
    ck_assert(client_shows(&c, "BEGIN:VEVENT"));
    ck_assert(client_shows(&c, "END:VCALENDAR"));
    const char *mac = strchr(path, '-') + 1;
    ck_assert(!log_has("run/prep.log", mac));
    ck_assert(!log_has("run/nginx.log", mac));
    ck_assert(log_has("run/prep.log", "\"route\":\"/calendar/:token.ics\""));
    ck_assert(stack_await(is_logged, NULL, 5000)); /* nginx writes after it answers */
    ck_assert(!log_has("run/nginx.log", mac));
}
END_TEST

void http_calendars(Suite *s)
{
    TCase *t = stack_tcase(s, "calendars");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_add_test(t, a_calendar_is_read_by_its_address_which_no_log_keeps);
    suite_add_tcase(s, t);
}
