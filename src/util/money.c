#include "util/money.h"

#include "util/guard.h"
#include "util/text.h"

enum { BP_WHOLE = 10000, DIGITS_MAX = 13 };

struct cents cents_add(struct cents a, struct cents b)
{
    struct cents sum;
    CHECK(!__builtin_add_overflow(a.n, b.n, &sum.n));
    return sum;
}

struct cents cents_sub(struct cents a, struct cents b)
{
    struct cents difference;
    CHECK(!__builtin_sub_overflow(a.n, b.n, &difference.n));
    return difference;
}

struct cents cents_share(struct cents amount, int64_t part, int64_t whole)
{
    CHECK(whole > 0);
    __int128 product = (__int128)amount.n * part;
    __int128 twice = product < 0 ? -2 * product : 2 * product;
    __int128 rounded = (twice + whole) / (2 * (__int128)whole);
    if (product < 0)
        rounded = -rounded;
    CHECK(rounded >= INT64_MIN && rounded <= INT64_MAX);
    return cents_of((int64_t)rounded);
}

struct cents cents_of_bp(struct cents amount, int64_t bp)
{
    return cents_share(amount, bp, BP_WHOLE);
}

struct cents cents_of_minutes(struct cents rate, int64_t minutes)
{
    return cents_share(rate, minutes, 60);
}

/* Unsigned: the smallest number has no positive twin. */
static uint64_t magnitude(struct cents amount)
{
    return amount.n < 0 ? -(uint64_t)amount.n : (uint64_t)amount.n;
}

char *cents_format_plain(struct arena *a, struct cents amount)
{
    uint64_t n = magnitude(amount);
    return arena_printf(a, "%s%llu.%02u", amount.n < 0 ? "-" : "",
        (unsigned long long)(n / 100), (unsigned)(n % 100));
}

char *cents_format(struct arena *a, struct cents amount)
{
    uint64_t n = magnitude(amount);
    char reversed[40];
    int k = 0, digits = 0;
    uint64_t dollars = n / 100;
    do {
        if (digits > 0 && digits % 3 == 0)
            reversed[k++] = ',';
        reversed[k++] = (char)('0' + dollars % 10);
        digits++;
        dollars /= 10;
    } while (dollars > 0);
    char text[sizeof reversed + 5], *end = text;
    if (amount.n < 0)
        *end++ = '-';
    *end++ = '$';
    while (k > 0)
        *end++ = reversed[--k];
    *end++ = '.';
    *end++ = (char)('0' + n % 100 / 10);
    *end++ = (char)('0' + n % 10);
    return arena_strndup(a, text, (size_t)(end - text));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The dollars at *s, which moves behind them; commas only between threes. */
static bool parse_dollars(const char **s, int64_t *dollars)
{
    int digits = 0, since_comma = 0, commas = 0;
    *dollars = 0;
    for (; is_digit(**s) || **s == ','; ++*s) {
        if (**s == ',') {
            if (digits == 0 || (commas == 0 ? since_comma > 3 : since_comma != 3))
                return false;
            commas++;
            since_comma = 0;
            continue;
        }
        if (++digits > DIGITS_MAX)
            return false;
        since_comma++;
        *dollars = *dollars * 10 + (**s - '0');
    }
    return digits > 0 && (commas == 0 || since_comma == 3);
}

bool cents_parse(const char *s, struct cents *out)
{
    int64_t dollars, cents = 0;
    if (s == NULL)
        return false;
    s += *s == '$';
    if (!parse_dollars(&s, &dollars))
        return false;
    if (*s == '.') {
        s++;
        if (!is_digit(*s))
            return false;
        cents = (*s++ - '0') * 10;
        if (is_digit(*s))
            cents += *s++ - '0';
    }
    if (*s != '\0')
        return false;
    *out = cents_of(dollars * 100 + cents);
    return true;
}
