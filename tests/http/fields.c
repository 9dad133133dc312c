/* Every form that a role finds on the site, with one field of it sent wrongly and all
 * others as the page has them: it is refused, and nothing has changed. */
#include "http.h"

#include <string.h>

#include "http/links.h"
#include "http/people.h"
#include "http/posts.h"
#include "util/guard.h"
#include "util/text.h"

enum { FORMS_MAX = 60, LONG = 9000 };

static const int senders[] = { LINKS_NOBODY, LINKS_VENDOR, LINKS_HOST, LINKS_ADMIN };

struct found {
    struct post posts[FORMS_MAX];
    const char *keys[FORMS_MAX]; /* their paths, numbers as # */
    size_t n;
};

static struct client c;
static struct found found;

static void open_client(void)
{
    client_open(&c, &stack);
    people_open(&stack);
    found = (struct found) { .n = 0 };
}

static void close_client(void)
{
    people_close();
    client_close(&c);
}

/* ---- the forms ---- */

static const char *key_of(const char *action)
{
    char key[256];
    size_t n = 0;
    for (const char *s = action; *s != '\0' && n + 1 < sizeof key;) {
        size_t digits = strspn(s, "0123456789");
        key[n++] = digits > 0 ? '#' : *s;
        s += digits > 0 ? digits : 1;
    }
    key[n] = '\0';
    return arena_strdup(c.arena, key);
}

/* Uploads are uploads.c's; what asks Stripe is not part of this. */
static bool is_wanted(const struct post *p)
{
    return p->n > 0 && !p->uploads && !text_starts(p->action, "/host/stripe/");
}

static void keep_forms(void *arg, struct client *client, const char *path)
{
    (void)arg, (void)path;
    struct post *p = &found.posts[found.n];
    const char *at = client->body.at;
    while ((at = posts_next(client->arena, at, p)) != NULL) {
        bool is_new = is_wanted(p);
        const char *key = key_of(p->action);
        for (size_t i = 0; i < found.n; i++)
            is_new = is_new && !text_is(found.keys[i], key);
        if (!is_new)
            continue;
        found.keys[found.n++] = key;
        ck_assert_uint_lt(found.n, FORMS_MAX);
        p = &found.posts[found.n];
    }
}

/* What a person types into a form that is empty yet. */
static const struct {
    const char *name, *value;
} typed[] = {
    { "title", "Copper Pot" },
    { "description", "A bright kitchen with two ovens." },
    { "address", "1 Oak St" },
    { "city", "Austin" },
    { "state", "TX" },
    { "postal_code", "78701" },
    { "lat", "30.2672" },
    { "lng", "-97.7431" },
    { "hourly_rate", "50.00" },
    { "name", "Oven" },
    { "rate", "20.00" },
    { "capacity", "2" },
    { "reason", "Because" },
    { "body", "Hello" },
    { "full_name", "Jo" },
    { "email", "nobody@http.test" },
    { "password", "copper kettle nine" },
    { "current", "copper kettle seven" },
    { "amount", "1.00" },
    { "day", "2027-03-01" },
    { "date", "2027-03-01" },
};

static void fill(struct post *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < COUNT_OF(typed); k++)
            if (*p->fields[i].value == '\0' &&
                text_is(p->fields[i].name, typed[k].name))
                p->fields[i].value = typed[k].value;
}

/* ---- what is sent ---- */

/* No field takes these: they are not text, or too much of it. */
static const char *const no_text[] = { "a%00b", "%ff%fe", "%c0%af", "%ed%a0%80" };

/* No number, time, day, place, choice or identifier of anything. */
static const char *const no_value[] = { "-1", "-0.01", "1e9", "NaN", "inf", "0x10",
    "9223372036854775808", "99999999999999999999", "%27%3B--", "%3Cscript%3E",
    "0000-00-00", "2026-02-30", "9999-99-99", "25%3A61", "12%3A345", "no-such-thing" };

/* Whose text may be anything, so that all of the above is right in it. */
static const char *const free_texts[] = { "title", "description", "address", "city",
    "restrictions", "accessibility", "certifications", "access_notes", "reason", "text",
    "body", "note", "full_name", "business_name", "phone", "name", "alt", "purpose",
    "special_requests", "current", "password", "idempotency_key", "next" };

static bool is_free(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(free_texts); i++)
        if (text_is(name, free_texts[i]))
            return true;
    return false;
}

static int errors_shown(void)
{
    int n = 0;
    for (const char *at = c.body.at; (at = strstr(at, "aria-invalid=\"true\"")) != NULL;
         at++)
        n++;
    return n;
}

static void refuse(
    const struct post *p, size_t odd, const char *value, const struct person *who)
{
    const char *body = posts_body(c.arena, p, odd, value);
    if (who == NULL)
        client_get(&c, "/login");
    const char *csrf = who == NULL ? client_csrf(&c) : who->csrf;
    client_post_bare(&c, p->action, arena_printf(c.arena, "%scsrf=%s", body, csrf));
    ck_assert_msg(c.status >= 400 && c.status < 500, "%s with %s=%.40s: %d", p->action,
        p->fields[odd].name, value, c.status);
    ck_assert_msg(c.body.n > 20, "%s with %s=%.40s: nothing said", p->action,
        p->fields[odd].name, value);
    ck_assert_msg(errors_shown() <= 2, "%s with %s=%.40s: %d errors", p->action,
        p->fields[odd].name, value, errors_shown());
}

static void refuse_all(const struct post *p, const struct person *who)
{
    static char too_long[LONG + 1];
    memset(too_long, 'a', LONG);
    const char *before = people_snapshot(c.arena), *last = "";
    int amounts = 0; /* there are dozens, all alike */
    for (size_t i = 0; i < p->n; i++) {
        const char *name = p->fields[i].name;
        bool again = text_is(name, last); /* of a list: boxes, days */
        last = name;
        if (again || (text_starts(name, "qty_") && amounts++ > 1))
            continue;
        for (size_t v = 0; v < COUNT_OF(no_text); v++)
            refuse(p, i, no_text[v], who);
        if (!text_is(name, "next"))
            refuse(p, i, too_long, who);
        for (size_t v = 0; v < COUNT_OF(no_value) && !is_free(name); v++)
            refuse(p, i, no_value[v], who);
    }
    const char *changed = people_changes(c.arena, before);
    ck_assert_msg(*changed == '\0', "%s changed%s", p->action, changed);
}

/* Sent as they are, these are right, and nobody misses what they do to the demo: so
 * what was refused was the one wrong field. */
static const char *const harmless[] = { "/forgot-password", "/account", "/messages/#",
    "/listings/#/book", "/host/listings/new", "/host/listings/#/edit",
    "/host/listings/#/stations", "/host/listings/#/availability",
    "/host/listings/#/availability/exceptions", "/host/listings/#/photos/describe" };

static int post_as(const struct post *p, const struct person *who)
{
    const char *body = posts_body(c.arena, p, p->n, "");
    if (who == NULL)
        client_get(&c, "/login");
    const char *csrf = who == NULL ? client_csrf(&c) : who->csrf;
    return client_post_bare(
        &c, p->action, arena_printf(c.arena, "%scsrf=%s", body, csrf));
}

static bool accepts(size_t i, const struct person *who)
{
    for (size_t k = 0; k < COUNT_OF(harmless); k++)
        if (text_is(found.keys[i], harmless[k])) {
            int status = post_as(&found.posts[i], who);
            ck_assert_msg(status == 303, "%s as the page has it: %d",
                found.posts[i].action, status);
            return true;
        }
    return false;
}

START_TEST(one_wrong_field_of_any_form_is_refused_and_nothing_changes)
{
    static const size_t at_least[COUNT_OF(senders)] = { 3, 5, 10, 5 };
    struct person p = links_log_in(&c, senders[_i]);
    links_follow(&c, senders[_i], keep_forms, NULL);
    ck_assert_uint_ge(found.n, at_least[_i]);
    const struct person *who = senders[_i] == LINKS_NOBODY ? NULL : &p;
    int accepted = 0;
    for (size_t i = 0; i < found.n; i++) {
        fill(&found.posts[i]);
        refuse_all(&found.posts[i], who);
        accepted += accepts(i, who);
    }
    ck_assert_int_gt(accepted, 0);
}
END_TEST

START_TEST(another_of_the_same_role_sends_no_form_of_somebodys_pages)
{
    links_log_in(&c, senders[_i]);
    links_follow(&c, senders[_i], keep_forms, NULL);
    struct person other = people_add(senders[_i] == LINKS_VENDOR ? "vendor" : "host");
    people_log_in(&c, &other);
    int sent = 0;
    for (size_t i = 0; i < found.n; i++) {
        if (strchr(found.keys[i], '#') == NULL ||
            text_is(found.keys[i], "/listings/#/book"))
            continue;
        fill(&found.posts[i]);
        const char *before = people_snapshot(c.arena);
        int status = post_as(&found.posts[i], &other);
        ck_assert_msg(status == 403 || status == 404, "%s as a stranger: %d",
            found.posts[i].action, status);
        const char *changed = people_changes(c.arena, before);
        ck_assert_msg(*changed == '\0', "%s changed%s", found.posts[i].action, changed);
        sent++;
    }
    ck_assert_int_gt(sent, 1);
}
END_TEST

void http_fields(Suite *s)
{
    TCase *t = stack_tcase(s, "fields");
    tcase_add_checked_fixture(t, open_client, close_client);
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, one_wrong_field_of_any_form_is_refused_and_nothing_changes,
        0, COUNT_OF(senders));
    tcase_add_loop_test(
        t, another_of_the_same_role_sends_no_form_of_somebodys_pages, 1, 3);
}
