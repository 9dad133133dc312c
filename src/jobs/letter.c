#include "jobs/letter.h"

#include <string.h>

#include "util/text.h"

/* Not "https://prep.example.evil.example", and not the bare address that ends a mail.
 */
static bool is_our_page(const struct ctx *c, const char *url)
{
    size_t n = strlen(c->conf->base_url);
    return strncmp(url, c->conf->base_url, n) == 0 && url[n] == '/' &&
           url[n + 1] != '\0' && strpbrk(url, " \t") == NULL;
}

/* "Total   $12.00": a short name, at least two blanks, what it is. NULL: no such line.
 */
static const char *value_after_name(const char *line, size_t *name)
{
    enum { NAME_MAX_BYTES = 20 };
    const char *gap = strstr(line, "  ");
    if (gap == NULL || gap - line > NAME_MAX_BYTES)
        return NULL;
    *name = (size_t)(gap - line);
    return gap + strspn(gap, " ");
}

static void show_line(
    struct ctx *c, struct view *item, const char *line, const char *label)
{
    const char *blank = strrchr(line, ' ');
    const char *url = blank == NULL ? line : blank + 1;
    size_t words = (size_t)(url - line);
    bool links = is_our_page(c, url) &&
                 (words == 0 || (words > 2 && text_starts(url - 2, ": ")));
    view_text(item, "url", links ? url : "");
    if (links && words > 0)
        label = arena_strndup(c->arena, line, words - 2);
    size_t name = 0;
    const char *value = links ? NULL : value_after_name(line, &name);
    view_text(item, "name", value == NULL ? "" : arena_strndup(c->arena, line, name));
    view_text(item, "text", links ? label : value != NULL ? value : line);
}

void letter_show(struct ctx *c, const char *text, const char *label, struct view *v)
{
    struct view *paragraphs = view_list(v, "paragraphs"), *lines = NULL;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        const char *line = text_trim(arena_strndup(c->arena, text, n));
        if (*line == '\0')
            lines = NULL;
        else if (lines == NULL)
            lines = view_list(view_item(paragraphs), "lines");
        if (lines != NULL)
            show_line(c, view_item(lines), line, label);
        text += n + (text[n] == '\n');
    }
}
