#include "html/mustache.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "html/program.h"
#include "util/guard.h"
#include "util/text.h"

static const char ending[] = ".mustache";
enum { TEMPLATE_MAX_BYTES = 1024 * 1024, PATH_BYTES = 4096 };

struct templates *templates_new(void)
{
    struct templates *t = calloc(1, sizeof *t);
    CHECK(t != NULL);
    return t;
}

void templates_free(struct templates *t)
{
    if (t == NULL)
        return;
    for (int i = 0; i < t->count; i++) {
        free(t->all[i]->ops);
        free(t->all[i]->name);
        free(t->all[i]->source);
        free(t->all[i]->parts);
        free(t->all[i]);
    }
    free(t->all);
    free(t);
}

static char *copy(const char *s, size_t n)
{
    char *c = malloc(n + 1);
    CHECK(c != NULL);
    if (n > 0)
        memcpy(c, s, n);
    c[n] = '\0';
    return c;
}

enum result templates_add(
    struct templates *t, const char *name, const char *text, size_t n, struct buf *why)
{
    if (t->count == t->room) {
        t->room = t->room == 0 ? 64 : t->room * 2;
        t->all = realloc(t->all, (size_t)t->room * sizeof *t->all);
        CHECK(t->all != NULL);
    }
    struct template *new = calloc(1, sizeof *new);
    CHECK(new != NULL);
    new->name = copy(name, strlen(name));
    new->source = copy(text, n);
    new->plain = text_ends(name, ".txt") || text_ends(name, ".subject");
    int at = t->count++;
    while (at > 0 && strcmp(t->all[at - 1]->name, name) > 0) {
        t->all[at] = t->all[at - 1];
        at--;
    }
    t->all[at] = new;
    return program_parse(new, n, why);
}

const struct template *templates_find(
    const struct templates *t, const char *name, size_t n)
{
    int low = 0, high = t->count;
    while (low < high) {
        int middle = (low + high) / 2;
        const char *other = t->all[middle]->name;
        int order = strncmp(name, other, n);
        if (order == 0)
            order = other[n] == '\0' ? 0 : -1;
        if (order == 0)
            return t->all[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool templates_has(const struct templates *t, const char *name)
{
    return templates_find(t, name, strlen(name)) != NULL;
}

static enum result load_file(
    struct templates *t, const char *path, const char *name, struct buf *why)
{
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        buf_printf(why, "%s: %s", path, strerror(errno));
        return R_FAULT;
    }
    char *text = malloc(TEMPLATE_MAX_BYTES);
    CHECK(text != NULL);
    size_t n = fread(text, 1, TEMPLATE_MAX_BYTES, f);
    fclose(f);
    char *stem = copy(name, strlen(name) - (sizeof ending - 1));
    enum result r = n < TEMPLATE_MAX_BYTES && text_utf8_ok(text, n) ? OK : R_INVALID;
    if (r != OK)
        buf_printf(why, "%s: too long, or not UTF-8", path);
    else
        r = templates_add(t, stem, text, n, why);
    free(stem);
    free(text);
    return r;
}

/* NAME is the path below the templates' folder, "" for that folder itself. */
static enum result load_folder(
    struct templates *t, const char *dir, const char *below, struct buf *why)
{
    char path[PATH_BYTES], name[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", dir, below);
    DIR *d = opendir(path);
    if (d == NULL) {
        buf_printf(why, "%s: %s", path, strerror(errno));
        return R_FAULT;
    }
    enum result r = OK;
    for (struct dirent *e; r == OK && (e = readdir(d)) != NULL;) {
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        int n =
            snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", e->d_name);
        int m = snprintf(path, sizeof path, "%s/%s", dir, name);
        if (n < 0 || m < 0 || (size_t)m >= sizeof path || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            r = load_folder(t, dir, name, why);
        else if (text_ends(name, ending))
            r = load_file(t, path, name, why);
    }
    closedir(d);
    return r;
}

/* Every partial and parent must be there; its place is kept for the renderer. */
static enum result check_names(const struct templates *t, struct buf *why)
{
    for (int i = 0; i < t->count; i++) {
        const struct template *one = t->all[i];
        for (int k = 0; k < one->count; k++) {
            struct op *op = &one->ops[k];
            if (op->kind != OP_PARTIAL && op->kind != OP_PARENT)
                continue;
            op->target = templates_find(t, op->text, op->n);
            if (op->target != NULL)
                continue;
            buf_printf(why, "%s:%d: no template %.*s", one->name, op->line, (int)op->n,
                op->text);
            return R_FAULT;
        }
    }
    return OK;
}

struct templates *templates_load(const char *dir, struct buf *why)
{
    struct templates *t = templates_new();
    t->strict = true;
    if (load_folder(t, dir, "", why) == OK && check_names(t, why) == OK)
        return t;
    templates_free(t);
    return NULL;
}
