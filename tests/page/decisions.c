/* A listing goes over every edge of its table of states, by the pages of its host and
 * of an admin; in each state every act that the table does not have is refused. */
#include <stdio.h>
#include <string.h>

#include "page.h"

#include "support/cash.h"
#include "support/kitchen.h"
#include "util/guard.h"
#include "util/text.h"

static struct site *site;
static struct browser host, admin;
static struct arena *arena;

static void open_browsers(void)
{
    site = site_fresh();
    arena = arena_new(1024 * 1024);
    browser_open(&host, site);
    browser_open(&admin, site);
    browser_log_in_as(&host, "host@example.com", "host");
    browser_log_in_as(&admin, "admin@example.com", "admin");
    kitchen_list(&host);
    kitchen_papers(site, 3);
}

static void close_browsers(void)
{
    browser_close(&host);
    browser_close(&admin);
    arena_free(arena);
    site_gone(site);
}

static const char *state(void)
{
    return cash_text(arena, site, "SELECT state FROM kitchens WHERE id = 1");
}

/* As the page that is open, with the version that it was made from. */
static int decide(const char *act, const char *reason)
{
    browser_get(&admin, "/admin/listings/1");
    return browser_post(&admin, "/admin/listings/1",
        arena_printf(arena, "act=%s&reason=%s&version=%lld", act, reason,
            (long long)cash_int(site, "SELECT version FROM kitchens WHERE id = 1")));
}

static int submit(void)
{
    browser_get(&host, "/host/listings/1/edit");
    return browser_post(&host, "/host/listings/1/submit", "");
}

static const char *const acts[] = { "approve", "request_changes", "reject", "suspend",
    "restore" };

/* Every act but those of ALLOWED ("approve reject") is refused, and no page offers it.
 */
static void refuse_all_but(const char *allowed)
{
    const char *was = state();
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        const char *button = arena_printf(arena, "name=\"act\" value=\"%s\"", acts[i]);
        bool may = strstr(allowed, acts[i]) != NULL;
        browser_get(&admin, "/admin/listings/1");
        ck_assert_msg(browser_shows(&admin, button) == may, "%s of %s", acts[i], was);
        if (!may)
            ck_assert_msg(decide(acts[i], "Because") == 409, "%s of %s", acts[i], was);
        ck_assert_str_eq(state(), was);
    }
    if (strstr(allowed, "submit") == NULL)
        ck_assert_int_eq(submit(), 409);
    ck_assert_str_eq(state(), was);
}

/* What the admin's page says under "History". */
static const char *history(void)
{
    browser_get(&admin, "/admin/listings/1");
    const char *at = strstr(browser_body(&admin), "id=\"history\"");
    ck_assert_ptr_nonnull(at);
    const char *end = strstr(at, "</section>");
    ck_assert_ptr_nonnull(end);
    return arena_strndup(arena, at, (size_t)(end - at));
}

/* The way of one listing: ACT with REASON (none: "") leads to TO, from where ALLOWED
 * may be done. */
static const struct step {
    const char *act, *reason, *to, *allowed;
} walk[] = {
    { "submit", "", "pending_approval", "approve request_changes reject" },
    { "request_changes", "The floor plan is missing", "changes_requested",
        "submit reject" },
    { "submit", "", "pending_approval", "approve request_changes reject" },
    { "request_changes", "The oven has no hood", "changes_requested", "submit reject" },
    { "reject", "This is a garage", "rejected", "restore" },
    { "restore", "It is none after all", "active", "suspend" },
    { "suspend", "Its water is off", "suspended", "restore" },
    { "restore", "", "active", "suspend" },
};
static const struct step other_ways[] = {
    { "submit", "", "pending_approval", "approve request_changes reject" },
    { "reject", "A drawing is no kitchen", "rejected", "restore" },
};
static const struct step straight_on[] = {
    { "submit", "", "pending_approval", "approve request_changes reject" },
    { "approve", "", "active", "suspend" },
};

static void go(const struct step *steps, size_t n)
{
    refuse_all_but("submit");
    for (size_t i = 0; i < n; i++) {
        const struct step *s = &steps[i];
        const char *typed = s->reason;
        char sent[64];
        for (size_t k = 0; k <= strlen(typed); k++)
            sent[k] = typed[k] == ' ' ? '+' : typed[k];
        int status = text_is(s->act, "submit") ? submit() : decide(s->act, sent);
        ck_assert_msg(status == 303, "step %zu, %s: %d", i, s->act, status);
        ck_assert_str_eq(state(), s->to);
        browser_get(&host, "/host/listings/1/edit");
        ck_assert_msg(
            *typed == '\0' || text_is(s->to, "active") || browser_shows(&host, typed),
            "the host does not read: %s", typed);
        refuse_all_but(s->allowed);
    }
    const char *told = history();
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strstr(told, steps[i].reason) != NULL, "not in the history: %s",
            steps[i].reason);
}

START_TEST(changes_rejection_restoring_and_suspension_one_after_the_other)
{
    go(walk, COUNT_OF(walk));
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM outbox WHERE kind = 'listing_decided'"),
        6);
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM audit WHERE subject = 'kitchen'"
                       " AND action LIKE 'kitchen.%%'"),
        COUNT_OF(walk) + 1);
}
END_TEST

START_TEST(a_listing_that_waits_is_rejected)
{
    go(other_ways, COUNT_OF(other_ways));
}
END_TEST

START_TEST(a_listing_that_waits_is_approved)
{
    go(straight_on, COUNT_OF(straight_on));
}
END_TEST

void page_decisions(Suite *s)
{
    TCase *t = tcase_create("decisions");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, changes_rejection_restoring_and_suspension_one_after_the_other);
    tcase_add_test(t, a_listing_that_waits_is_rejected);
    tcase_add_test(t, a_listing_that_waits_is_approved);
    suite_add_tcase(s, t);
}
