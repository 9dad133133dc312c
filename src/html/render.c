#include <string.h>

#include "html/escape.h"
#include "html/program.h"
#include "util/guard.h"

enum {
    CONTEXT_MAX = 64,
    NESTED_MAX = 16, /* partials and parents in one another */
    RUNS_MAX =
        200000, /* a page has a few thousand; templates that feed on each other, 2^n */
};

/* The blocks that a child gives to its parent. They are looked for outermost
 * child first, and rendered with the frames of the place where they stand. */
struct frame {
    const struct template *t;
    int from, to;              /* the parent tag's inside */
    const struct frame *outer; /* frames of the template that holds the parent tag */
    const struct frame *next;  /* looked at after this one */
};

struct render {
    const struct templates *set;
    const struct view *context[CONTEXT_MAX];
    int contexts, nested, runs;
    struct buf *out, *why;
    char indent[64]; /* of the partial being rendered */
    size_t indent_n;
    bool line_begins;
};

static enum result run(struct render *r, const struct template *t, int from, int to,
    const struct frame *frames);

static enum result refuse(
    struct render *r, const struct template *t, const struct op *op, const char *reason)
{
    buf_printf(
        r->why, "%s:%d: %s: %.*s", t->name, op->line, reason, (int)op->n, op->text);
    return R_FAULT;
}

/* The lines from here on are indented like OP; returns the indentation before. Past
 * what fits, they are not: it is white space only. */
static size_t indent_more(struct render *r, const struct op *op)
{
    size_t before = r->indent_n;
    if (op->indent_n > 0 && op->indent_n <= sizeof r->indent - before) {
        memcpy(r->indent + before, op->indent, op->indent_n);
        r->indent_n += op->indent_n;
        r->line_begins = op->alone;
    }
    return before;
}

/* The whole of TARGET in place of the tag OP. */
static enum result enter(struct render *r, const struct template *t,
    const struct op *op, const struct template *target, const struct frame *frames)
{
    if (r->nested == NESTED_MAX)
        return refuse(r, t, op, "templates nested too deep");
    r->nested++;
    size_t before = indent_more(r, op);
    TRY(run(r, target, 0, target->count, frames));
    r->indent_n = before;
    r->nested--;
    return OK;
}

static const struct template *target_of(const struct render *r, const struct op *op)
{
    return op->target != NULL ? op->target : templates_find(r->set, op->text, op->n);
}

static const struct view *look_up(
    const struct render *r, const struct template *t, const struct op *op)
{
    if (op->parts == 0)
        return r->context[r->contexts - 1];
    const struct name_part *part = t->parts + op->part;
    const struct view *v = NULL;
    for (int i = r->contexts - 1; i >= 0 && v == NULL; i--)
        if (r->context[i]->kind == VIEW_OBJECT)
            v = view_find(r->context[i], part[0].at, part[0].n, part[0].hash);
    for (int i = 1; i < op->parts && v != NULL; i++)
        v = v->kind != VIEW_OBJECT ? NULL
                                   : view_find(v, part[i].at, part[i].n, part[i].hash);
    return v;
}

static enum result find_value(struct render *r, const struct template *t,
    const struct op *op, const struct view **out)
{
    *out = look_up(r, t, op);
    return *out == NULL && r->set->strict ? refuse(r, t, op, "no such key") : OK;
}

static void begin_line(struct render *r)
{
    if (r->line_begins && r->indent_n > 0)
        buf_add(r->out, r->indent, r->indent_n);
    r->line_begins = false;
}

static void put_text(struct render *r, const char *text, size_t n)
{
    if (r->indent_n == 0) {
        buf_add(r->out, text, n);
        return;
    }
    while (n > 0) {
        const char *nl = memchr(text, '\n', n);
        size_t line = nl == NULL ? n : (size_t)(nl - text) + 1;
        begin_line(r);
        buf_add(r->out, text, line);
        r->line_begins = nl != NULL;
        text += line;
        n -= line;
    }
}

static enum result put_value(
    struct render *r, const struct template *t, const struct op *op)
{
    const struct view *v;
    TRY(find_value(r, t, op, &v));
    begin_line(r);
    if (v == NULL)
        return OK;
    if (v->kind == VIEW_BOOL || v->kind == VIEW_OBJECT || v->kind == VIEW_LIST)
        return r->set->strict ? refuse(r, t, op, "not a text") : OK;
    if (op->kind == OP_RAW) {
        if (v->kind != VIEW_SAFE && r->set->strict)
            return refuse(r, t, op, "raw, but not marked as safe");
        buf_add(r->out, v->text, v->n);
    } else if (t->plain) {
        buf_add(r->out, v->text, v->n);
    } else {
        escape_html(r->out, v->text, v->n);
    }
    return OK;
}

static enum result with_context(struct render *r, const struct view *v,
    const struct template *t, int from, int to, const struct frame *frames)
{
    if (r->contexts == CONTEXT_MAX)
        return refuse(r, t, &t->ops[from - 1], "sections nested too deep");
    r->context[r->contexts++] = v;
    enum result result = run(r, t, from, to, frames);
    r->contexts--;
    return result;
}

static enum result put_section(
    struct render *r, const struct template *t, int at, const struct frame *frames)
{
    const struct op *op = &t->ops[at];
    const struct view *v;
    TRY(find_value(r, t, op, &v));
    bool shows = v != NULL && view_truth(v);
    if (op->kind == OP_INVERTED)
        return shows ? OK : run(r, t, at + 1, op->end, frames);
    if (!shows)
        return OK;
    if (v->kind != VIEW_LIST)
        return with_context(r, v, t, at + 1, op->end, frames);
    for (const struct view *item = v->first; item != NULL; item = item->next)
        TRY(with_context(r, item, t, at + 1, op->end, frames));
    return OK;
}

static enum result put_partial(
    struct render *r, const struct template *t, const struct op *op)
{
    const struct template *partial = target_of(r, op);
    if (partial == NULL)
        return r->set->strict ? refuse(r, t, op, "no such template") : OK;
    return enter(r, t, op, partial, NULL);
}

static enum result put_parent(
    struct render *r, const struct template *t, int at, const struct frame *frames)
{
    const struct op *op = &t->ops[at];
    const struct template *parent = target_of(r, op);
    if (parent == NULL)
        return r->set->strict ? refuse(r, t, op, "no such template") : OK;
    /* Blocks of the outer child win: this frame goes behind the ones there are. */
    struct frame chain[NESTED_MAX + 1]; /* each frame is a parent we are in */
    int n = 0;
    for (const struct frame *f = frames; f != NULL && n < NESTED_MAX; f = f->next)
        chain[n++] = *f;
    chain[n++] =
        (struct frame) { .t = t, .from = at + 1, .to = op->end, .outer = frames };
    for (int i = 0; i < n; i++)
        chain[i].next = i + 1 < n ? &chain[i + 1] : NULL;
    return enter(r, t, op, parent, chain);
}

static enum result put_block(
    struct render *r, const struct template *t, int at, const struct frame *frames)
{
    const struct op *op = &t->ops[at];
    for (const struct frame *f = frames; f != NULL; f = f->next) {
        for (int i = f->from; i < f->to; i++) {
            const struct op *given = &f->t->ops[i];
            if (given->kind == OP_BLOCK && given->n == op->n &&
                memcmp(given->text, op->text, op->n) == 0) {
                size_t before = indent_more(r, op);
                TRY(run(r, f->t, i + 1, given->end, f->outer));
                r->indent_n = before;
                return OK;
            }
            if (given->end > i)
                i = given->end;
        }
    }
    return run(r, t, at + 1, op->end, frames);
}

static enum result run(struct render *r, const struct template *t, int from, int to,
    const struct frame *frames)
{
    if (++r->runs > RUNS_MAX) {
        buf_printf(r->why, "%s: endless work", t->name);
        return R_FAULT;
    }
    if (!buf_ok(r->out)) {
        buf_printf(r->why, "%s: the page is too long", t->name);
        return R_INVALID;
    }
    for (int i = from; i < to; i++) {
        const struct op *op = &t->ops[i];
        switch (op->kind) {
        case OP_TEXT:
            put_text(r, op->text, op->n);
            break;
        case OP_VALUE:
        case OP_RAW:
            TRY(put_value(r, t, op));
            break;
        case OP_SECTION:
        case OP_INVERTED:
            TRY(put_section(r, t, i, frames));
            i = op->end;
            break;
        case OP_PARTIAL:
            TRY(put_partial(r, t, op));
            break;
        case OP_PARENT:
            TRY(put_parent(r, t, i, frames));
            i = op->end;
            break;
        case OP_BLOCK:
            TRY(put_block(r, t, i, frames));
            i = op->end;
            break;
        case OP_END:
            break;
        }
    }
    return OK;
}

enum result templates_render(const struct templates *t, const char *name,
    const struct view *view, struct buf *out, struct buf *why)
{
    const struct template *top = templates_find(t, name, strlen(name));
    if (top == NULL) {
        buf_printf(why, "no template %s", name);
        return R_FAULT;
    }
    struct render r = {
        .set = t, .context = { view }, .contexts = 1, .out = out, .why = why
    };
    size_t before = out->n;
    bool was_full = out->full;
    enum result result = run(&r, top, 0, top->count, NULL);
    if (result == OK && !buf_ok(out)) {
        buf_printf(why, "%s: the page is too long", name);
        result = R_INVALID;
    }
    if (result != OK) {
        out->n = before;
        out->at[before] = '\0';
        out->full = was_full;
    }
    return result;
}
