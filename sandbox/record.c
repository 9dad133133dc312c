#include "record.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/guard.h"

enum { LINE_MAX_BYTES = 64 << 20 };

struct record {
    FILE *file;
};

struct record *record_open(const char *file)
{
    FILE *f = fopen(file, "a");
    if (f == NULL) {
        perror(file);
        return NULL;
    }
    struct record *r = calloc(1, sizeof *r);
    CHECK(r != NULL);
    r->file = f;
    return r;
}

void record_close(struct record *r)
{
    if (r == NULL)
        return;
    fclose(r->file);
    free(r);
}

void record_add(struct record *r, const struct call *c)
{
    struct value *line = value_object(c->a);
    bool answered = c->reply != NULL && c->end != CALL_CLOSE;
    value_put_text(c->a, line, "method", c->method);
    value_put_text(c->a, line, "path", c->path);
    value_put_text(c->a, line, "query", c->query == NULL ? "" : c->query);
    value_put_text(c->a, line, "body", c->body == NULL ? "" : c->body);
    value_put_text(c->a, line, "stripe_account", c->account_header);
    value_put_text(c->a, line, "idempotency_key", c->idempotency_key);
    value_put_int(c->a, line, "status", answered ? c->status : 0);
    value_set(
        c->a, line, "reply", answered ? value_clone(c->a, c->reply) : value_null(c->a));
    struct buf text;
    buf_init(&text, LINE_MAX_BYTES);
    value_print(&text, line, 0);
    buf_addc(&text, '\n');
    CHECK(buf_ok(&text) && fwrite(text.at, 1, text.n, r->file) == text.n &&
          fflush(r->file) == 0);
    buf_free(&text);
}
