#include "mail/ics.h"

#include <string.h>

#include "util/civil.h"
#include "util/guard.h"

enum { LINE_BYTES_MAX = 75, VALUE_BYTES_MAX = 16 * 1024 };

static bool inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* A content line, folded: what follows a fold has one blank before it, which
 * counts. */
static void add_line(struct buf *out, const char *line, size_t n)
{
    size_t room = LINE_BYTES_MAX;
    while (n > room) {
        size_t cut = room;
        while (cut > 1 && inside_character(line[cut]))
            cut--;
        buf_add(out, line, cut);
        buf_adds(out, "\r\n ");
        line += cut;
        n -= cut;
        room = LINE_BYTES_MAX - 1;
    }
    buf_add(out, line, n);
    buf_adds(out, "\r\n");
}

static void add(struct buf *out, const char *name, const char *value)
{
    struct buf line;
    buf_init(&line, VALUE_BYTES_MAX);
    buf_adds(&line, name);
    buf_addc(&line, ':');
    buf_adds(&line, value);
    add_line(out, line.at, line.n);
    out->full = out->full || !buf_ok(&line);
    buf_free(&line);
}

/* TEXT values (RFC 5545 section 3.3.11). */
static void add_text(struct buf *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    struct buf value;
    buf_init(&value, VALUE_BYTES_MAX);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            buf_adds(&value, "\\n");
        else if (strchr("\\;,", *text) != NULL)
            buf_printf(&value, "\\%c", *text);
        else if ((unsigned char)*text >= 0x20 && *text != 0x7f)
            buf_addc(&value, *text);
    }
    add(out, name, value.at);
    out->full = out->full || !buf_ok(&value);
    buf_free(&value);
}

static void add_time(struct buf *out, const char *name, int64_t at)
{
    struct civil c = civil_of_seconds(at);
    buf_printf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, c.year, c.month, c.day,
        c.hour, c.minute, c.second);
}

/* Blanks and line breaks end a URI; ours have none unless something went wrong. */
static void add_url(struct buf *out, const char *url)
{
    if (url == NULL)
        return;
    CHECK(strpbrk(url, " \r\n") == NULL);
    add(out, "URL", url);
}

const char *ics_uid(struct arena *a, const char *name, const char *base_url)
{
    const char *host = strstr(base_url, "://");
    host = host == NULL ? "prep" : host + 3;
    return arena_printf(a, "%s@%.*s", name, (int)strcspn(host, ":/"), host);
}

void ics_begin(struct buf *out, const char *name)
{
    add(out, "BEGIN", "VCALENDAR");
    add(out, "VERSION", "2.0");
    add(out, "PRODID", "-//Prep//Prep//EN");
    add(out, "CALSCALE", "GREGORIAN");
    add(out, "METHOD", "PUBLISH");
    add_text(out, "X-WR-CALNAME", name);
}

void ics_add(struct buf *out, const struct ics_event *event)
{
    add(out, "BEGIN", "VEVENT");
    add_text(out, "UID", event->uid);
    buf_printf(out, "SEQUENCE:%lld\r\n", (long long)event->sequence);
    add_time(out, "DTSTAMP", event->stamped_at);
    add_time(out, "DTSTART", event->start_at);
    add_time(out, "DTEND", event->end_at);
    add_text(out, "SUMMARY", event->summary);
    add_text(out, "DESCRIPTION", event->description);
    add_text(out, "LOCATION", event->location);
    add_url(out, event->url);
    add(out, "STATUS", event->canceled ? "CANCELLED" : "CONFIRMED");
    add(out, "END", "VEVENT");
}

void ics_end(struct buf *out)
{
    add(out, "END", "VCALENDAR");
}
