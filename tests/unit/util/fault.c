#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/guard.h"

#ifdef PREP_DEBUG

static char path[] = "/tmp/prep-fault-XXXXXX";

static void set_up(void)
{
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    setenv("PREP_FAULT_FILE", path, 1);
}

static void tear_down(void)
{
    unlink(path);
}

static void order(const char *line)
{
    FILE *f = fopen(path, "we");
    CHECK(f != NULL && fprintf(f, "%s\n", line) > 0 && fclose(f) == 0);
}

/* Which of the passages of a, b, a, b, ... fires: 1, 2, ...; 0 if none of twenty does,
 * and then the order is still there. */
static int fires_at(const char *line)
{
    enum { PASSAGES = 20 };
    int at = 0;
    order(line);
    for (int i = 1; i <= PASSAGES; i++)
        if (i % 2 == 1 ? FAULT("a") : FAULT("b")) {
            ck_assert_int_eq(at, 0);
            at = i;
        }
    ck_assert_int_eq(access(path, F_OK) == 0, at == 0);
    return at;
}

static const struct {
    const char *line;
    int at;
} orders[] = {
    { "a", 1 },
    { "b", 2 },
    { "c", 0 },
    { "a:1", 1 },
    { "a:0003", 5 },
    { "b:003", 6 },
    { "*:0007", 7 },
    { "!a:02", 4 },
    { "!b:02", 3 },
    { "!c:5", 5 },
    { "a:99", 0 },
    { "a me", 1 },
    { "a:2 you,me", 3 },
    { "a:2 you", 0 },
    { "", 0 },
};

START_TEST(an_order_in_the_file_is_for_the_passage_that_it_names_and_once)
{
    CHECK(prctl(PR_SET_NAME, "me-1") == 0);
    ck_assert_msg(fires_at(orders[_i].line) == orders[_i].at, "%s", orders[_i].line);
}
END_TEST

#endif

void unit_util_fault(Suite *s)
{
    TCase *t = tcase_create("fault");
#ifdef PREP_DEBUG
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t,
        an_order_in_the_file_is_for_the_passage_that_it_names_and_once, 0,
        COUNT_OF(orders));
#endif
    suite_add_tcase(s, t);
}
