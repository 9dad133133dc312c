#include "web/metrics.h"

#include "domain/metrics.h"
#include "util/text.h"

static void add_label(struct buf *page, const char *name, const char *value)
{
    buf_printf(page, "{%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"')
            buf_add(page, "\\", 1);
        buf_add(page, *value == '\n' ? " " : value, 1);
    }
    buf_adds(page, "\"}");
}

static enum result add_metric(struct ctx *c, struct buf *page, const struct metric *m)
{
    struct metric_value *values;
    size_t n;
    TRY(metrics_read(c, m, &values, &n));
    buf_printf(
        page, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, m->type);
    for (size_t i = 0; i < n; i++) {
        buf_adds(page, m->name);
        if (m->label != NULL)
            add_label(page, m->label, values[i].label);
        buf_printf(page, " %lld\n", (long long)values[i].value);
    }
    return OK;
}

enum result web_metrics(struct ctx *c, struct web *w)
{
    const char *address = w->req.remote_address;
    if (!text_is(address, "127.0.0.1") && !text_is(address, "::1"))
        return R_NOT_FOUND;
    response_header(w->res, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    for (const struct metric *m = metrics; m->name != NULL; m++)
        TRY(add_metric(c, &w->res->body, m));
    return OK;
}
