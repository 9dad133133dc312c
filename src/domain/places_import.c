/* Bringing in the file of places: places.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "domain/places.h"
#include "util/text.h"

enum { BATCH = 2000, FILE_MAX_BYTES = 16 * 1024 * 1024, LINES_MAX = 200000 };

struct line {
    const char *postal_code, *city, *region;
    double lat, lng;
};

static enum result read_file(struct ctx *c, const char *file, char **out)
{
    FILE *f = fopen(file, "re");
    if (f == NULL)
        return fail(c, R_INVALID, "%s: %s", file, strerror(errno));
    char *text = ctx_alloc(c, FILE_MAX_BYTES + 1);
    size_t n = fread(text, 1, FILE_MAX_BYTES + 1, f);
    bool failed = ferror(f) != 0;
    fclose(f);
    if (failed || n > FILE_MAX_BYTES)
        return fail(c, R_INVALID, "%s: cannot be read, or is larger than %d bytes",
            file, FILE_MAX_BYTES);
    if (!text_utf8_ok(text, n))
        return fail(c, R_INVALID, "%s: is not UTF-8", file);
    *out = text;
    return OK;
}

static bool all_digits(const char *s)
{
    return strspn(s, "0123456789") == strlen(s);
}

static bool parse_line(char *s, struct line *out)
{
    char *fields[5];
    for (int i = 0; i < 5; i++)
        fields[i] = strsep(&s, "\t");
    if (fields[4] == NULL || s != NULL)
        return false;
    out->postal_code = fields[0];
    out->city = fields[1];
    out->region = fields[2];
    return strlen(fields[0]) == 5 && all_digits(fields[0]) && *fields[1] != '\0' &&
           strlen(fields[1]) <= 100 && strlen(fields[2]) == 2 &&
           text_real(fields[3], -90, 90, &out->lat) &&
           text_real(fields[4], -180, 180, &out->lng);
}

static enum result parse(
    struct ctx *c, const char *file, char *text, struct line **out, size_t *n)
{
    struct line *lines = arena_array(c->arena, LINES_MAX, sizeof *lines);
    *n = 0;
    for (int number = 1; text != NULL; number++) {
        char *s = strsep(&text, "\n");
        if (*s == '\0' || *s == '#')
            continue;
        if (*n == LINES_MAX)
            return fail(c, R_INVALID, "%s: has more than %d places", file, LINES_MAX);
        if (!parse_line(s, &lines[(*n)++]))
            return fail(c, R_INVALID,
                "%s:%d: expected ZIP code, city, state, latitude and longitude with "
                "tabs "
                "between them",
                file, number);
    }
    *out = lines;
    return *n > 0 ? OK : fail(c, R_INVALID, "%s: has no places in it", file);
}

static enum result put(struct ctx *c, const struct line *line)
{
    struct query *q = db_query(c->db, Q_PLACES_PUT);
    bind_text(q, "postal_code", line->postal_code);
    bind_text(q, "city", line->city);
    bind_text(q, "city_key", places_city_key(c->arena, line->city));
    bind_text(q, "region", line->region);
    bind_real(q, "lat", line->lat);
    bind_real(q, "lng", line->lng);
    bind_int(q, "import_at", c->now_at);
    return query_run(q);
}

/* Places that the file lacks go, and the cities are made anew. */
static enum result finish(struct ctx *c)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_PLACES_FORGET);
    bind_int(q, "import_at", c->now_at);
    TRY(query_run(q));
    TRY(query_run(db_query(c->db, Q_PLACES_CLEAR_CITIES)));
    TRY(query_run(db_query(c->db, Q_PLACES_MAKE_CITIES)));
    return db_commit(c->db);
}

enum result places_import(
    struct ctx *c, const char *file, places_progress *progress, void *arg, size_t *n)
{
    struct line *lines = NULL;
    char *text = NULL;
    TRY(read_file(c, file, &text));
    TRY(parse(c, file, text, &lines, n));
    for (size_t done = 0; done < *n;) {
        TRY(db_begin(c->db));
        for (size_t i = 0; i < BATCH && done < *n; i++)
            TRY(put(c, &lines[done++]));
        TRY(db_commit(c->db));
        if (progress != NULL)
            progress(arg, done, *n);
    }
    return finish(c);
}
