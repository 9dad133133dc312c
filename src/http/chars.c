#include "http/chars.h"

#include <string.h>

#include "util/guard.h"
#include "util/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *chars_decode(struct arena *a, const char *s, size_t n, bool plus)
{
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '%') {
            if (n - i < 3)
                return NULL;
            int high = hex_digit(s[i + 1]), low = hex_digit(s[i + 2]);
            if (high < 0 || low < 0)
                return NULL;
            out[k++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[k++] = plus && s[i] == '+' ? ' ' : s[i];
        }
    }
    out[k] = '\0';
    return text_utf8_ok(out, k) ? out : NULL;
}

size_t chars_hidden(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] != '\0' && (p[0] < 0x20 || p[0] == 0x7f))
        return 1;
    if (p[0] == 0xc2 && p[1] <= 0x9f)
        return 2;
    if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
        return 3;
    if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
        return 3;
    return 0;
}

bool chars_have_hidden(const char *s, const char *except)
{
    for (; *s != '\0'; s++)
        if (chars_hidden(s) > 0 && strchr(except, *s) == NULL)
            return true;
    return false;
}

static const char *const blanks[] = {
    " ", "\t", "\n", "\v", "\f", "\r", /* ASCII */
    "\xc2\xa0",                        /* no-break space */
    "\xe2\x80\x8b",                    /* zero-width space */
    "\xe3\x80\x80",                    /* ideographic space */
    "\xef\xbb\xbf",                    /* byte order mark */
};

char *chars_trim(char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < COUNT_OF(blanks);) {
        size_t m = strlen(blanks[i]);
        if (n >= m && memcmp(s, blanks[i], m) == 0) {
            s += m;
            n -= m;
            i = 0;
        } else if (n >= m && memcmp(s + n - m, blanks[i], m) == 0) {
            n -= m;
            i = 0;
        } else {
            i++;
        }
    }
    s[n] = '\0';
    return s;
}
