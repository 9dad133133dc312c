#include "app/ctx.h"

#include <stdarg.h>

#include "util/guard.h"
#include "util/text.h"

static const char *const role_names[ROLE__MAX] = {
    [ROLE_NOBODY] = "",
    [ROLE_VENDOR] = "vendor",
    [ROLE_HOST] = "host",
    [ROLE_SUPPORT] = "support",
    [ROLE_ADMIN] = "admin",
    [ROLE_SYSTEM] = "system",
};

const char *role_name(enum role r)
{
    CHECK((unsigned)r < ROLE__MAX);
    return role_names[r];
}

enum role role_of(const char *name)
{
    for (enum role r = ROLE_VENDOR; r < ROLE_SYSTEM; r++)
        if (text_is(role_names[r], name))
            return r;
    return ROLE_NOBODY;
}

__attribute__((format(printf, 4, 0))) static enum result say(
    struct ctx *c, enum result r, const char *code, const char *format, va_list ap)
{
    CHECK(r != OK);
    c->failed = r;
    c->code = code;
    c->message = arena_vprintf(c->arena, format, ap);
    return r;
}

enum result fail(struct ctx *c, enum result r, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    r = say(c, r, NULL, format, ap);
    va_end(ap);
    return r;
}

enum result fail_code(
    struct ctx *c, enum result r, const char *code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    r = say(c, r, code, format, ap);
    va_end(ap);
    return r;
}

void fail_clear(struct ctx *c)
{
    c->failed = OK;
    c->code = NULL;
    c->message = NULL;
    c->retry_after_s = 0;
}
