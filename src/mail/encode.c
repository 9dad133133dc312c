#include "mail/encode.h"

#include <sodium.h>
#include <string.h>

#include "util/guard.h"

enum {
    LINE_MAX_BYTES = 76,
    SIMPLE_LINE_MAX = 200,
    /* With "Subject: " and the word's frame, 39 bytes make a line of at most 76. */
    WORD_BYTES = 39,
    PLAIN_HEADER_MAX = 66,
};

bool encode_is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

/* 57 bytes are 76 characters and, dividing by 3, leave no padding inside. */
void encode_base64(struct buf *out, struct span bytes, bool lines)
{
    char encoded[LINE_MAX_BYTES + 1];
    for (size_t i = 0; i < bytes.n; i += 57) {
        size_t n = bytes.n - i < 57 ? bytes.n - i : 57;
        sodium_bin2base64(encoded, sizeof encoded, (const unsigned char *)bytes.at + i,
            n, sodium_base64_VARIANT_ORIGINAL);
        buf_adds(out, encoded);
        if (lines)
            buf_adds(out, "\r\n");
    }
}

bool encode_is_simple(const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        size_t shown = n > 0 && text[n - 1] == '\r' ? n - 1 : n;
        if (shown > SIMPLE_LINE_MAX || *text == '.' || strncmp(text, "--", 2) == 0)
            return false;
        for (size_t i = 0; i < shown; i++)
            if ((text[i] < 0x20 && text[i] != '\t') || text[i] > 0x7e)
                return false;
        text += n + (text[n] == '\n');
    }
    return true;
}

void encode_lines(struct buf *out, const char *text)
{
    bool open = false;
    for (; *text != '\0'; text++) {
        open = *text != '\n';
        if (*text == '\n')
            buf_adds(out, "\r\n");
        else if (*text != '\r')
            buf_addc(out, *text);
    }
    if (open)
        buf_adds(out, "\r\n");
}

void encode_quoted(struct buf *out, const char *text)
{
    size_t column = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\r' && p[1] == '\n')
            continue;
        if (*p == '\n') {
            buf_adds(out, "\r\n");
            column = 0;
            continue;
        }
        bool line_ends = p[1] == '\0' || p[1] == '\n' || (p[1] == '\r' && p[2] == '\n');
        bool blank = *p == ' ' || *p == '\t';
        bool plain =
            blank ? !line_ends
                  : *p > 0x20 && *p < 0x7f && *p != '=' && !(*p == '.' && column == 0);
        size_t width = plain ? 1 : 3;
        /* One column is kept for the '=' of a soft break. */
        if (column + width > LINE_MAX_BYTES - 1) {
            buf_adds(out, "=\r\n");
            column = 0;
            plain = plain && *p != '.';
            width = plain ? 1 : 3;
        }
        if (plain)
            buf_addc(out, *p);
        else
            buf_printf(out, "=%02X", (unsigned char)*p);
        column += width;
    }
    if (column > 0)
        buf_adds(out, "\r\n");
}

char *encode_words(struct arena *a, const char *text)
{
    if (encode_is_plain(text) && strlen(text) <= PLAIN_HEADER_MAX &&
        strstr(text, "=?") == NULL)
        return arena_strdup(a, text);
    struct buf words;
    size_t left = strlen(text);
    buf_init(&words, left * 4 + 64);
    while (left > 0) {
        size_t n = left < WORD_BYTES ? left : WORD_BYTES;
        while (n > 1 && n < left && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        buf_adds(&words, words.n == 0 ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        encode_base64(&words, (struct span) { text, n }, false);
        buf_adds(&words, "?=");
        text += n;
        left -= n;
    }
    CHECK(buf_ok(&words));
    char *copy = arena_strndup(a, words.at, words.n);
    buf_free(&words);
    return copy;
}
