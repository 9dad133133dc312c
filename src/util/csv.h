/* Rows for spreadsheets, as RFC 4180 wants them. A text that a spreadsheet would take
 * for a formula (it begins with = + - @ TAB or CR) gets a ' before it, as OWASP
 * advises; numbers and times that we made ourselves do not. */
#ifndef UTIL_CSV_H
#define UTIL_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/money.h"

struct csv {
    struct buf *out;
    bool begun; /* the row has a field */
};

/* One more field: what people typed (NULL is ""), what we made, "12.50". */
void csv_text(struct csv *csv, const char *s);
void csv_plain(struct csv *csv, const char *s);
void csv_int(struct csv *csv, int64_t n);
void csv_cents(struct csv *csv, struct cents amount);

/* Ends the row. */
void csv_end(struct csv *csv);

#endif
