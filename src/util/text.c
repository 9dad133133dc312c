#include "util/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* The length of the well-formed sequence at s, or 0. */
static size_t utf8_sequence(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        size_t length;
    } shapes[] = {
        { 0x01, 0x7f, 0, 0, 1 },
        { 0xc2, 0xdf, 0x80, 0xbf, 2 },
        { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 },
        { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 },
        { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (s[0] < shapes[i].first_low || s[0] > shapes[i].first_high)
            continue;
        if (shapes[i].length > n)
            return 0;
        if (shapes[i].length > 1 &&
            (s[1] < shapes[i].second_low || s[1] > shapes[i].second_high))
            return 0;
        for (size_t k = 2; k < shapes[i].length; k++)
            if ((s[k] & 0xc0) != 0x80)
                return 0;
        return shapes[i].length;
    }
    return 0;
}

bool text_utf8_ok(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    while (n > 0) {
        size_t length = utf8_sequence(p, n);
        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

size_t text_utf8_length(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

bool text_has_control(const char *s)
{
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return true;
    }
    return false;
}

char *text_trim(char *s)
{
    while (is_space(*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && is_space(s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

void text_lower(char *s)
{
    for (; *s != '\0'; s++)
        *s = lower(*s);
}

bool text_same_nocase(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

const char *text_in_words(const char *const (*pairs)[2], size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(pairs[i][0], s))
            return pairs[i][1];
    return s;
}

const char *text_full_stop(const char *s)
{
    return text_ends(s, ".") || text_ends(s, "!") || text_ends(s, "?") ||
                   text_ends(s, "…")
               ? ""
               : ".";
}

bool text_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
    if (s == NULL)
        return false;
    bool minus = *s == '-';
    const char *p = s + minus;
    if (!is_digit(*p))
        return false;
    int64_t n = 0; /* kept negative: INT64_MIN has no positive twin */
    for (; is_digit(*p); p++) {
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_sub_overflow(n, *p - '0', &n))
            return false;
    }
    if (*p != '\0' || (!minus && n == INT64_MIN))
        return false;
    n = minus ? n : -n;
    if (n < min || n > max)
        return false;
    *out = n;
    return true;
}

size_t text_put_int(char out[TEXT_INT_MAX], int64_t n)
{
    char reversed[TEXT_INT_MAX];
    size_t k = 0, length = 0;
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do
        reversed[k++] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (n < 0)
        out[length++] = '-';
    while (k > 0)
        out[length++] = reversed[--k];
    return length;
}

char *text_of_int(struct arena *a, int64_t n)
{
    char digits[TEXT_INT_MAX];
    return arena_strndup(a, digits, text_put_int(digits, n));
}

bool text_real(const char *s, double min, double max, double *out)
{
    if (s == NULL)
        return false;
    const char *p = s + (*s == '-');
    size_t digits = 0, points = 0;
    for (; *p != '\0'; p++) {
        if (is_digit(*p))
            digits++;
        else if (*p == '.' && points == 0)
            points++;
        else
            return false;
    }
    if (digits == 0 || digits > 30)
        return false;
    double x = strtod(s, NULL);
    if (!isfinite(x) || x < min || x > max)
        return false;
    *out = x;
    return true;
}

char *text_slug(struct arena *a, const char *s, size_t max)
{
    char *slug = arena_alloc(a, max + 1);
    size_t n = 0;
    bool gap = false;
    for (; *s != '\0' && n < max; s++) {
        if (!is_word(*s)) {
            gap = n > 0;
            continue;
        }
        if (gap) {
            if (n + 1 >= max)
                break;
            slug[n++] = '-';
        }
        gap = false;
        slug[n++] = lower(*s);
    }
    slug[n] = '\0';
    return n > 0 ? slug : arena_strdup(a, "kitchen");
}

char *text_hex(struct arena *a, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    char *hex = arena_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = "0123456789abcdef"[p[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
    return hex;
}

char *text_base64url(struct arena *a, const void *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *p = bytes;
    char *out = arena_alloc(a, (n + 2) / 3 * 4 + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t three = (uint32_t)p[i] << 16;
        if (have > 1)
            three |= (uint32_t)p[i + 1] << 8;
        if (have > 2)
            three |= p[i + 2];
        for (size_t d = 0; d <= have; d++)
            out[k++] = digits[three >> (18 - 6 * d) & 63];
    }
    out[k] = '\0';
    return out;
}

char *text_url(struct arena *a, const char *s)
{
    char *out = arena_alloc(a, 3 * strlen(s) + 1);
    size_t k = 0;
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (is_word(*s) || strchr("-._~", *s) != NULL) {
            out[k++] = *s;
        } else {
            out[k++] = '%';
            out[k++] = "0123456789ABCDEF"[c >> 4];
            out[k++] = "0123456789ABCDEF"[c & 15];
        }
    }
    return out;
}
