/* Numbers for monitoring. Each metric is one line of the table and one query. */
#ifndef DOMAIN_METRICS_H
#define DOMAIN_METRICS_H

#include "app/ctx.h"

struct metric {
    const char *name;    /* with its unit, as Prometheus wants it */
    const char *type;    /* "gauge", "counter" */
    const char *label;   /* what the queries' labels are; NULL: one number without */
    enum query_id query; /* of rows (label text, value integer) */
    const char *help;
};

/* Ends with a row without name. */
extern const struct metric metrics[];

struct metric_value {
    const char *label;
    int64_t value;
};

/* The values of M, up to METRIC_VALUES_MAX. */
enum { METRIC_VALUES_MAX = 100 };
enum result metrics_read(
    struct ctx *c, const struct metric *m, struct metric_value **out, size_t *n);

#endif
