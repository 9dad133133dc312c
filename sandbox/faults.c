#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { FAULTS_MAX = 64, MATCH_MAX = 200 };

static const char *const kinds[] = {
    [FAULT_NONE] = "none",
    [FAULT_DROP_BEFORE] = "drop_before",
    [FAULT_TIMEOUT_AFTER_COMMIT] = "timeout_after_commit",
    [FAULT_RESET_MID_BODY] = "reset_mid_body",
    [FAULT_500_CACHED] = "500_cached",
    [FAULT_503] = "503",
    [FAULT_429] = "429",
    [FAULT_409] = "409",
    [FAULT_SLOW] = "slow",
    "slow_ms", /* the same by another name */
};

struct faults {
    struct {
        char match[MATCH_MAX];
        enum fault_kind kind;
        int64_t times, ms;
    } list[FAULTS_MAX];
    size_t count;
};

struct faults *faults_new(void)
{
    struct faults *f = calloc(1, sizeof *f);
    CHECK(f != NULL);
    return f;
}

void faults_free(struct faults *f)
{
    free(f);
}

enum result faults_add(
    struct faults *f, const char *match, int64_t times, const char *kind, int64_t ms)
{
    size_t k = 0;
    while (k < COUNT_OF(kinds) && !text_is(kinds[k], kind))
        k++;
    if (k == COUNT_OF(kinds) || f->count == FAULTS_MAX || strlen(match) >= MATCH_MAX)
        return R_INVALID;
    memcpy(f->list[f->count].match, match, strlen(match) + 1);
    f->list[f->count].kind = k > FAULT_SLOW ? FAULT_SLOW : (enum fault_kind)k;
    f->list[f->count].times = times;
    f->list[f->count++].ms = ms;
    return OK;
}

void faults_clear(struct faults *f)
{
    f->count = 0;
}

struct value *faults_dump(const struct faults *f, struct arena *a)
{
    struct value *out = value_array(a);
    for (size_t i = 0; i < f->count; i++) {
        struct value *e = value_object(a);
        value_put_text(a, e, "match", f->list[i].match);
        value_put_text(a, e, "kind", kinds[f->list[i].kind]);
        value_put_int(a, e, "times", f->list[i].times);
        value_put_int(a, e, "ms", f->list[i].ms);
        value_append(out, e);
    }
    return out;
}

enum fault_kind faults_take(struct faults *f, const struct call *c, int64_t *ms)
{
    const char *line = arena_printf(c->a, "%s %s", c->method, c->path);
    for (size_t i = 0; i < f->count; i++) {
        if (strstr(line, f->list[i].match) == NULL)
            continue;
        enum fault_kind kind = f->list[i].kind;
        *ms = f->list[i].ms;
        if (--f->list[i].times <= 0) {
            f->count--;
            memmove(&f->list[i], &f->list[i + 1], (f->count - i) * sizeof f->list[0]);
        }
        return kind;
    }
    return FAULT_NONE;
}
