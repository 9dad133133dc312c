#include "html/escape.h"

#include <limits.h>
#include <string.h>

void escape_html(struct buf *out, const char *text, size_t n)
{
    static const char *const entities[UCHAR_MAX + 1] = {
        ['&'] = "&amp;",
        ['<'] = "&lt;",
        ['>'] = "&gt;",
        ['"'] = "&quot;",
        ['\''] = "&#39;",
    };
    size_t plain = 0; /* start of the run that needs no escaping */
    for (size_t i = 0; i < n; i++) {
        const char *as = entities[(unsigned char)text[i]];
        if (as == NULL)
            continue;
        buf_add(out, text + plain, i - plain);
        buf_adds(out, as);
        plain = i + 1;
    }
    buf_add(out, text + plain, n - plain);
}

void escape_json_island(struct buf *out, const char *json, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr("<>&", json[i]) != NULL && json[i] != '\0') {
            buf_printf(out, "\\u%04x", json[i]);
        } else if (n - i >= 3 && memcmp(json + i, "\xe2\x80", 2) == 0 &&
                   (json[i + 2] == '\xa8' || json[i + 2] == '\xa9')) {
            buf_adds(out, json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029");
            i += 2;
        } else {
            buf_addc(out, json[i]);
        }
    }
}
