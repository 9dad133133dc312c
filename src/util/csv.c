#include "util/csv.h"

#include <string.h>

static void begin(struct csv *csv)
{
    if (csv->begun)
        buf_addc(csv->out, ',');
    csv->begun = true;
}

static void add(struct csv *csv, const char *before, const char *s)
{
    begin(csv);
    if (*before == '\0' && s[strcspn(s, ",\"\r\n")] == '\0') {
        buf_adds(csv->out, s);
        return;
    }
    buf_addc(csv->out, '"');
    buf_adds(csv->out, before);
    for (; *s != '\0'; s++) {
        if (*s == '"')
            buf_addc(csv->out, '"');
        buf_addc(csv->out, *s);
    }
    buf_addc(csv->out, '"');
}

void csv_text(struct csv *csv, const char *s)
{
    bool formula = s != NULL && *s != '\0' && strchr("=+-@\t\r", *s) != NULL;
    add(csv, formula ? "'" : "", s == NULL ? "" : s);
}

void csv_plain(struct csv *csv, const char *s)
{
    add(csv, "", s == NULL ? "" : s);
}

void csv_int(struct csv *csv, int64_t n)
{
    begin(csv);
    buf_add_int(csv->out, n);
}

void csv_cents(struct csv *csv, struct cents amount)
{
    int64_t n = amount.n < 0 ? -amount.n : amount.n;
    begin(csv);
    buf_printf(csv->out, "%s%lld.%02lld", amount.n < 0 ? "-" : "", (long long)n / 100,
        (long long)n % 100);
}

void csv_end(struct csv *csv)
{
    buf_adds(csv->out, "\r\n");
    csv->begun = false;
}
