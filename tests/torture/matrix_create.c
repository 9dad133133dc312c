/* Rows 1 to 5 of the failure matrix: a payment is opened at Stripe. */
#include "torture.h"

#include "torture/world.h"

static struct place place;

static void set_up(void)
{
    place = world_place();
}

START_TEST(a_stay_is_paid_for_and_its_host_is_paid_out)
{
    struct visit v = world_paid_out(&place);
    ck_assert_str_eq(world_state(&v), "completed");
}
END_TEST

void torture_matrix_create(Suite *s)
{
    TCase *t = world_tcase(s, "create");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, a_stay_is_paid_for_and_its_host_is_paid_out);
}
