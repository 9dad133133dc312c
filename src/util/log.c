#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/guard.h"

enum { LINE_MAX_BYTES = 16 * 1024, VALUE_MAX_BYTES = 2000 };

static struct buf line_buf;
static char process_name[32] = "prep";

void log_open(const char *process)
{
    snprintf(process_name, sizeof process_name, "%s", process);
}

/* JSON text; bytes that are no ASCII pass, control characters do not. */
static void add_quoted(struct buf *b, const char *s)
{
    buf_addc(b, '"');
    for (size_t n = 0; *s != '\0' && n < VALUE_MAX_BYTES; s++, n++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            buf_addc(b, '\\');
            buf_addc(b, *s);
        } else if (c < 0x20 || c == 0x7f) {
            buf_printf(b, "\\u%04x", c);
        } else {
            buf_addc(b, *s);
        }
    }
    buf_addc(b, '"');
}

struct buf *log_begin(const char *level, const char *event)
{
    if (line_buf.at == NULL)
        buf_init(&line_buf, LINE_MAX_BYTES);
    buf_clear(&line_buf);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    buf_printf(&line_buf,
        "{\"at\":%lld.%03ld,\"level\":\"%s\",\"process\":\"%s\",\"event\":\"%s\"",
        (long long)now.tv_sec, now.tv_nsec / 1000000, level, process_name, event);
    return &line_buf;
}

void log_text(struct buf *line, const char *key, const char *value)
{
    buf_printf(line, ",\"%s\":", key);
    if (value == NULL)
        buf_adds(line, "null");
    else
        add_quoted(line, value);
}

void log_int(struct buf *line, const char *key, int64_t value)
{
    buf_printf(line, ",\"%s\":%lld", key, (long long)value);
}

void log_end(struct buf *line)
{
    if (!buf_ok(line))
        line->n = LINE_MAX_BYTES - 2;
    line->full = false;
    buf_adds(line, "}\n");
    ssize_t written = write(STDERR_FILENO, line->at, line->n);
    if (written < 0)
        return; /* nowhere left to complain to */
}

static void log_detail(
    const char *level, const char *event, const char *format, va_list ap)
{
    char detail[VALUE_MAX_BYTES];
    vsnprintf(detail, sizeof detail, format, ap);
    struct buf *line = log_begin(level, event);
    log_text(line, "detail", detail);
    log_end(line);
}

#define LOG_FUNCTION(name, level)                                                      \
    void name(const char *event, const char *format, ...)                              \
    {                                                                                  \
        va_list ap;                                                                    \
        va_start(ap, format);                                                          \
        log_detail(level, event, format, ap);                                          \
        va_end(ap);                                                                    \
    }

LOG_FUNCTION(log_info, "info")
LOG_FUNCTION(log_warn, "warn")
LOG_FUNCTION(log_error, "error")
