#include "call.h"

#include <stdarg.h>
#include <time.h>

#include "util/rand.h"

int64_t sandbox_now_ms(const struct sandbox *box)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return ((int64_t)t.tv_sec + box->ahead_s) * 1000 + t.tv_nsec / 1000000;
}

int64_t sandbox_now(const struct sandbox *box)
{
    return sandbox_now_ms(box) / 1000;
}

static enum result set_error(struct call *c, int status, const char *type,
    const char *code, const char *param, const char *message)
{
    struct value *error = value_object(c->a);
    if (code != NULL) {
        value_put_text(c->a, error, "code", code);
        value_put_text(c->a, error, "doc_url",
            arena_printf(c->a, "https://stripe.com/docs/error-codes/%s", code));
    }
    value_put_text(c->a, error, "message", message);
    if (param != NULL)
        value_put_text(c->a, error, "param", param);
    value_put_text(c->a, error, "type", type);
    c->status = status;
    c->reply = value_object(c->a);
    value_set(c->a, c->reply, "error", error);
    return R_INVALID;
}

enum result call_error(struct call *c, int status, const char *type, const char *code,
    const char *param, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *message = arena_vprintf(c->a, format, ap);
    va_end(ap);
    return set_error(c, status, type, code, param, message);
}

enum result call_invalid(
    struct call *c, const char *code, const char *param, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *message = arena_vprintf(c->a, format, ap);
    va_end(ap);
    return set_error(c, 400, "invalid_request_error", code, param, message);
}

struct call *call_internal(struct arena *a, struct sandbox *box)
{
    struct call *c = arena_alloc(a, sizeof *c);
    c->a = a;
    c->box = box;
    c->account = "";
    c->params = value_object(a);
    return c;
}

char *call_new_id(struct arena *a, const char *prefix)
{
    static const char alphabet[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char random[25] = { 0 };
    for (size_t i = 0; i + 1 < sizeof random; i++)
        random[i] = alphabet[rand_below(sizeof alphabet - 1)];
    return arena_printf(a, "%s%s", prefix, random);
}

const char *call_text(const struct call *c, const char *path)
{
    return value_get_text(c->params, path);
}
