/* The log: one JSON object a line on standard error, written with one write(2)
 * so that lines of several processes never mix. Values are escaped, so nothing
 * that a stranger typed can start a new line or a new field. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdint.h>

#include "util/buf.h"

/* Names the process in each line ("web-1"). Call once after fork. */
void log_open(const char *process);

/* Builds one line: begin, any number of fields, end (which writes it). */
struct buf *log_begin(const char *level, const char *event);
void log_text(struct buf *line, const char *key, const char *value);
void log_int(struct buf *line, const char *key, int64_t value);
void log_end(struct buf *line);

/* A whole line with one text field "detail". */
void log_info(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_warn(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_error(const char *event, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
