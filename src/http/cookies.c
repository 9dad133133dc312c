#include "http/cookies.h"

#include <string.h>

#include "util/guard.h"
#include "util/text.h"

static const char prefix[] = "__Host-";

/* RFC 6265, section 4.1.1: printable ASCII but blank, quote, comma, semicolon and
 * backslash. */
static bool is_octets(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~' || strchr("\",;\\", s[i]) != NULL)
            return false;
    return true;
}

/* One piece between semicolons: true if it was a pair. */
static bool read_pair(struct arena *a, const char *s, size_t n, struct cookies *out)
{
    for (; n > 0 && (*s == ' ' || *s == '\t'); n--)
        s++;
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
        n--;
    const char *equals = memchr(s, '=', n);
    if (equals == NULL || equals == s || n > COOKIES_BYTES_MAX)
        return false;
    size_t name_n = (size_t)(equals - s), value_n = n - name_n - 1;
    const char *value = equals + 1;
    if (value_n >= 2 && value[0] == '"' && value[value_n - 1] == '"') {
        value++;
        value_n -= 2;
    }
    if (!is_octets(s, name_n) || !is_octets(value, value_n))
        return false;
    const char *name = arena_strndup(a, s, name_n);
    if (!text_starts(name, prefix))
        return true;
    return params_add(a, &out->ours, name + strlen(prefix),
               arena_strndup(a, value, value_n)) == OK;
}

void cookies_parse(struct arena *a, const char *header, struct cookies *out)
{
    *out = (struct cookies) { 0 };
    size_t count = 0;
    while (header != NULL && *header != '\0' && count < COOKIES_MAX) {
        size_t n = strcspn(header, ";");
        count += read_pair(a, header, n, out);
        header += n + (header[n] == ';');
    }
}

const char *cookie_get(const struct cookies *c, const char *name)
{
    return params_get(&c->ours, name);
}

static bool is_ours(const char *s)
{
    for (; *s != '\0'; s++) {
        bool word = (*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') ||
                    (*s >= 'A' && *s <= 'Z') || strchr("-._~", *s) != NULL;
        if (!word)
            return false;
    }
    return true;
}

void cookie_set(struct response *r, struct arena *a, const char *name,
    const char *value, int64_t max_age_s)
{
    CHECK(*name != '\0' && is_ours(name) && is_ours(value));
    CHECK(strlen(name) + strlen(value) < COOKIES_BYTES_MAX - 200);
    const char *age = "";
    if (max_age_s >= 0)
        age = arena_printf(a, "; Max-Age=%lld", (long long)max_age_s);
    response_header_add(r, "Set-Cookie",
        arena_printf(a, "%s%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax%s", prefix,
            name, value, age));
}
