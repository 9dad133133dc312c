#include "support/keep.h"

#include <check.h>
#undef fail
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/routes.h"

enum { EACH = 3 };

void keep_page(const char *role, int status, const char *method,
    const struct route *route, const char *html)
{
    char path[512], pattern[128] = "-";
    const char *dir = getenv("PREP_PAGES");
    if (dir == NULL)
        return;
    if (route != NULL)
        snprintf(pattern, sizeof pattern, "%s", route->key.pattern);
    for (char *p = pattern; (p = strchr(p, '/')) != NULL;)
        *p = '!';
    for (int i = 1; i <= EACH; i++) {
        snprintf(path, sizeof path, "%s/%s %d %s %s %d.html", dir, role, status, method,
            pattern, i);
        FILE *f =
            fopen(path, "wxe"); /* other tests, in other processes, have kept some */
        if (f == NULL && errno == EEXIST)
            continue;
        ck_assert_ptr_nonnull(f);
        fputs(html, f);
        fclose(f);
        return;
    }
}

void keep_routes(void)
{
    char path[512];
    const char *dir = getenv("PREP_PAGES");
    if (dir == NULL)
        return;
    snprintf(path, sizeof path, "%s/routes", dir);
    FILE *f = fopen(path, "we");
    ck_assert_ptr_nonnull(f);
    for (const struct route *r = routes; r->key.pattern != NULL; r++)
        fprintf(f, "%s %s\n", http_method_name(r->key.method), r->key.pattern);
    fclose(f);
}
