#include "storage/sniff.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/guard.h"
#include "util/text.h"

enum { HEAD_BYTES = 32, TAIL_BYTES = 1024, ENDING_MAX = 6 };

static const struct {
    const char *mime, *extension;
} types[SNIFF__MAX] = {
    [SNIFF_UNKNOWN] = { "application/octet-stream", "" },
    [SNIFF_JPEG] = { "image/jpeg", ".jpg" },
    [SNIFF_PNG] = { "image/png", ".png" },
    [SNIFF_WEBP] = { "image/webp", ".webp" },
    [SNIFF_PDF] = { "application/pdf", ".pdf" },
};

struct ends {
    uint8_t head[HEAD_BYTES];
    uint8_t tail[TAIL_BYTES];
    size_t tail_n, size;
};

static bool has(const struct ends *e, size_t at, const char *magic, size_t n)
{
    return e->size >= at + n && memcmp(e->head + at, magic, n) == 0;
}

static bool has_tail(const struct ends *e, const char *wanted, size_t n)
{
    for (size_t i = 0; i + n <= e->tail_n; i++)
        if (memcmp(e->tail + i, wanted, n) == 0)
            return true;
    return false;
}

/* RIFF says how many bytes follow the first eight; it may be padded by one. */
static bool webp_length_fits(const struct ends *e)
{
    uint32_t said = (uint32_t)e->head[4] | (uint32_t)e->head[5] << 8 |
                    (uint32_t)e->head[6] << 16 | (uint32_t)e->head[7] << 24;
    return e->size >= 8 && said <= e->size - 8;
}

static enum sniff judge(const struct ends *e)
{
    if (has(e, 0, "\xff\xd8\xff", 3))
        return SNIFF_JPEG;
    if (has(e, 0, "\x89PNG\r\n\x1a\n", 8) && has(e, 12, "IHDR", 4))
        return SNIFF_PNG;
    if (has(e, 0, "RIFF", 4) && has(e, 8, "WEBP", 4) && webp_length_fits(e))
        return SNIFF_WEBP;
    if (has(e, 0, "%PDF-", 5) && has_tail(e, "%%EOF", 5))
        return SNIFF_PDF;
    return SNIFF_UNKNOWN;
}

enum sniff sniff_bytes(const void *bytes, size_t n)
{
    struct ends e = { .size = n, .tail_n = n < TAIL_BYTES ? n : TAIL_BYTES };
    if (n > 0) {
        memcpy(e.head, bytes, n < HEAD_BYTES ? n : HEAD_BYTES);
        memcpy(e.tail, (const uint8_t *)bytes + n - e.tail_n, e.tail_n);
    }
    return judge(&e);
}

static bool read_ends(FILE *f, struct ends *e)
{
    if (fseek(f, 0, SEEK_END) != 0)
        return false;
    long size = ftell(f);
    if (size < 0 || fseek(f, 0, SEEK_SET) != 0)
        return false;
    e->size = (size_t)size;
    size_t head_n = e->size < HEAD_BYTES ? e->size : HEAD_BYTES;
    e->tail_n = e->size < TAIL_BYTES ? e->size : TAIL_BYTES;
    return fread(e->head, 1, head_n, f) == head_n &&
           fseek(f, -(long)e->tail_n, SEEK_END) == 0 &&
           fread(e->tail, 1, e->tail_n, f) == e->tail_n;
}

enum sniff sniff_file(const char *path)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return SNIFF_UNKNOWN;
    struct ends e = { .size = 0 };
    bool read = read_ends(f, &e);
    fclose(f);
    return read ? judge(&e) : SNIFF_UNKNOWN;
}

const char *sniff_mime(enum sniff type)
{
    CHECK(type < SNIFF__MAX);
    return types[type].mime;
}

const char *sniff_extension(enum sniff type)
{
    CHECK(type < SNIFF__MAX);
    return types[type].extension;
}

/* What follows the last dot, if it looks like an ending ("Permit No. 12" has none). */
static const char *ending_of(const char *filename)
{
    const char *dot = strrchr(filename, '.');
    if (dot == NULL)
        return "";
    size_t n = 1;
    while ((dot[n] >= '0' && dot[n] <= '9') || (dot[n] >= 'a' && dot[n] <= 'z') ||
           (dot[n] >= 'A' && dot[n] <= 'Z'))
        n++;
    return dot[n] == '\0' && n > 1 && n <= ENDING_MAX ? dot : "";
}

bool sniff_name_fits(enum sniff type, const char *filename)
{
    const char *ending = ending_of(filename);
    return *ending == '\0' || text_same_nocase(ending, sniff_extension(type)) ||
           (type == SNIFF_JPEG && text_same_nocase(ending, ".jpeg"));
}
