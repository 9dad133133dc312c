#include <stdlib.h>
#include <string.h>

#include "html/program.h"
#include "util/guard.h"
#include "util/text.h"

enum { DEPTH_MAX = 64, DELIMITER_MAX = 16 };

struct parser {
    struct template *t;
    const char *at, *end, *line_start; /* line_start: of the line that `at` is in */
    int line;
    char open[DELIMITER_MAX], close[DELIMITER_MAX];
    int stack[DEPTH_MAX], depth; /* open sections, parents and blocks */
    bool line_has_text; /* something besides white space stands before the tag */
    /* Parents and blocks may share a line that they take whole: what came first on it.
     */
    int line_tags; /* how many of them are on this line so far */
    int first_tag; /* the op of the first, or -1 if that was a closing tag */
    int margin_op; /* the text that ends with the white space before it, or -1 */
    size_t margin_n;
    struct buf *why;
};

static enum result refuse(struct parser *p, const char *reason)
{
    buf_printf(p->why, "%s:%d: %s", p->t->name, p->line, reason);
    return R_INVALID;
}

static void *sized(void *array, int count, size_t size)
{
    array = realloc(array, (size_t)count * size);
    CHECK(array != NULL);
    return array;
}

static struct op *add(struct parser *p, enum op_kind kind, const char *text, size_t n)
{
    struct template *t = p->t;
    if (t->count == t->room) {
        t->room = t->room == 0 ? 32 : t->room * 2;
        t->ops = sized(t->ops, t->room, sizeof *t->ops);
    }
    struct op *op = &t->ops[t->count++];
    *op = (struct op) { .kind = kind, .line = p->line, .text = text, .n = n };
    return op;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Text line by line, so that a standalone tag can take its white space back. */
static void add_text(struct parser *p, const char *from, const char *to)
{
    if (from < to)
        add(p, OP_TEXT, from, (size_t)(to - from));
}

static void add_part(struct template *t, const char *at, size_t n)
{
    if (t->part_count == t->part_room) {
        t->part_room = t->part_room == 0 ? 16 : t->part_room * 2;
        t->parts = sized(t->parts, t->part_room, sizeof *t->parts);
    }
    t->parts[t->part_count++] = (struct name_part) { at, n, view_hash(at, n) };
}

static enum result set_name(struct parser *p, struct op *op)
{
    op->part = p->t->part_count;
    if (op->n == 1 && *op->text == '.')
        return OK;
    const char *at = op->text, *end = at + op->n;
    while (at < end) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        const char *stop = dot == NULL ? end : dot;
        if (stop == at || op->parts == NAME_PARTS_MAX || stop + 1 == end)
            return refuse(p, "a name that cannot be read");
        size_t n = (size_t)(stop - at);
        add_part(p->t, at, n);
        op->parts++;
        at = stop + 1;
    }
    return OK;
}

static enum result open_range(
    struct parser *p, enum op_kind kind, const char *text, size_t n)
{
    if (p->depth == DEPTH_MAX)
        return refuse(p, "sections nested too deep");
    p->stack[p->depth++] = p->t->count;
    struct op *op = add(p, kind, text, n);
    return kind == OP_SECTION || kind == OP_INVERTED ? set_name(p, op) : OK;
}

/* The white space that the first line inside the block at ops[BLOCK] begins with. */
static struct span intrinsic_indent(const struct template *t, int block)
{
    const struct op *op = &t->ops[block + 1];
    while (op->kind == OP_SECTION || op->kind == OP_INVERTED)
        op++;
    if (op->kind != OP_TEXT)
        return (struct span) { op->indent, op->indent_n };
    size_t n = 0;
    while (n < op->n && blank(op->text[n]))
        n++;
    return (struct span) { op->text, n };
}

/* Takes up to N characters of white space from each line of a text, in place: what
 * is left is never longer. */
static void dedent_text(struct template *t, struct op *op, bool line_begins, size_t n)
{
    char *to = t->source + (op->text - t->source);
    size_t kept = 0, skip = line_begins ? n : 0;
    for (size_t i = 0; i < op->n; i++) {
        if (skip > 0 && blank(op->text[i])) {
            skip--;
            continue;
        }
        skip = op->text[i] == '\n' ? n : 0;
        to[kept++] = op->text[i];
    }
    op->n = kept;
}

/* Takes N characters of indentation from the ops between FROM and TO, which begin
 * with a line. */
static void dedent(struct template *t, int from, int to, size_t n)
{
    bool line_begins = true;
    for (int i = from; i < to; i++) {
        struct op *op = &t->ops[i];
        switch (op->kind) {
        case OP_TEXT:
            dedent_text(t, op, line_begins, n);
            if (op->n > 0)
                line_begins = op->text[op->n - 1] == '\n';
            break;
        case OP_PARTIAL:
        case OP_PARENT:
        case OP_BLOCK:
            op->indent_n -= op->indent_n < n ? op->indent_n : n;
            line_begins = op->alone && line_begins;
            if (op->kind == OP_PARENT)
                i = op->end;
            break;
        case OP_VALUE:
        case OP_RAW:
            line_begins = false;
            break;
        case OP_SECTION:
        case OP_INVERTED:
        case OP_END:
            break;
        }
    }
}

/* A block that fills another loses its own indentation, since it gets the other's;
 * the other's is that of its default content. */
static void settle_indent(struct parser *p, int block)
{
    struct op *op = &p->t->ops[block];
    if (!op->alone || op->end == block + 1)
        return;
    struct span own = intrinsic_indent(p->t, block);
    if (p->depth > 0 && p->t->ops[p->stack[p->depth - 1]].kind == OP_PARENT) {
        if (own.n > 0)
            dedent(p->t, block + 1, op->end, own.n);
    } else {
        op->indent = own.at;
        op->indent_n = own.n;
    }
}

static enum result close_range(struct parser *p, const char *text, size_t n)
{
    if (p->depth == 0)
        return refuse(p, "a closing tag with nothing open");
    int opened = p->stack[--p->depth];
    struct op *op = &p->t->ops[opened];
    if (op->n != n || memcmp(op->text, text, n) != 0)
        return refuse(p, "a closing tag of another name");
    op->end = p->t->count;
    add(p, OP_END, text, n);
    if (p->t->ops[opened].kind == OP_BLOCK)
        settle_indent(p, opened);
    return OK;
}

static enum result set_delimiters(struct parser *p, const char *at, const char *end)
{
    const char *stop = at;
    while (stop < end && !blank(*stop))
        stop++;
    size_t n = (size_t)(stop - at);
    if (n == 0 || n >= DELIMITER_MAX)
        return refuse(p, "delimiters that cannot be read");
    memcpy(p->open, at, n);
    p->open[n] = '\0';
    while (stop < end && blank(*stop))
        stop++;
    n = (size_t)(end - stop);
    if (n == 0 || n >= DELIMITER_MAX || memchr(stop, ' ', n) || memchr(stop, '=', n))
        return refuse(p, "delimiters that cannot be read");
    memcpy(p->close, stop, n);
    p->close[n] = '\0';
    return OK;
}

/* One tag between its delimiters. */
struct tag {
    char sigil; /* 0 for a plain name */
    const char *body, *body_end;
    const char *start, *after; /* with the delimiters */
};

static const char *find(const char *at, const char *end, const char *what)
{
    return memmem(at, (size_t)(end - at), what, strlen(what));
}

static enum result read_tag(struct parser *p, const char *start, struct tag *tag)
{
    const char *at = start + strlen(p->open);
    *tag = (struct tag) { .start = start };
    if (at < p->end && strchr("#^/>&!={<$", *at) != NULL && *at != '\0')
        tag->sigil = *at++;
    const char *close = p->close;
    char triple[DELIMITER_MAX + 1];
    if (tag->sigil == '{' || tag->sigil == '=') {
        triple[0] = tag->sigil == '{' ? '}' : '=';
        memcpy(triple + 1, p->close, strlen(p->close) + 1);
        close = triple;
    }
    const char *stop = find(at, p->end, close);
    if (stop == NULL)
        return refuse(p, "a tag that is never closed");
    tag->after = stop + strlen(close);
    while (at < stop && (blank(*at) || *at == '\n' || *at == '\r'))
        at++;
    while (stop > at && (blank(stop[-1]) || stop[-1] == '\n' || stop[-1] == '\r'))
        stop--;
    tag->body = at;
    tag->body_end = stop;
    return OK;
}

/* The op that the closing TAG closes, or NULL. */
static const struct op *closes(const struct parser *p, const struct tag *tag)
{
    return tag->sigil == '/' && p->depth > 0 ? &p->t->ops[p->stack[p->depth - 1]]
                                             : NULL;
}

/* Does TAG open or close a parent or block? */
static bool inherits(const struct parser *p, const struct tag *tag)
{
    const struct op *op = closes(p, tag);
    return tag->sigil == '<' || tag->sigil == '$' ||
           (op != NULL && (op->kind == OP_PARENT || op->kind == OP_BLOCK));
}

/* {{$x}}...{{/x}} within a line are part of that line's text. */
static bool ends_inline_block(const struct parser *p, const struct tag *tag)
{
    const struct op *op = closes(p, tag);
    return op != NULL && op->kind == OP_BLOCK && op->line == p->line;
}

/* A tag alone on its line takes the line with it: *FROM is moved back over the
 * white space before it and *AFTER behind the line's end. So do several that
 * belong to inheritance. */
static bool standalone(
    struct parser *p, const struct tag *tag, const char **from, const char **after)
{
    if (tag->sigil == 0 || tag->sigil == '{' || tag->sigil == '&' || p->line_has_text)
        return false;
    if (ends_inline_block(p, tag) || (p->line_tags > 0 && !inherits(p, tag)))
        return false;
    const char *back = tag->start;
    const char *least = p->line_tags > 0 ? p->at : p->line_start;
    while (back > least && blank(back[-1]))
        back--;
    if (back != least)
        return false;
    const char *on = tag->after;
    while (on < p->end && blank(*on))
        on++;
    if (on < p->end && *on == '\r')
        on++;
    if (on < p->end && *on != '\n')
        return false;
    *from = back;
    *after = on < p->end ? on + 1 : on;
    return true;
}

/* After a tag that has taken its line: the ones before it on the line did too. */
static void end_line(struct parser *p, const char *after)
{
    if (p->line_tags > 0) {
        struct op *text = p->margin_op < 0 ? NULL : &p->t->ops[p->margin_op];
        struct op *first = p->first_tag < 0 ? NULL : &p->t->ops[p->first_tag];
        /* Not margin_n: a block that was just closed may have taken some of it. */
        while (text != NULL && text->n > 0 && blank(text->text[text->n - 1]))
            text->n--;
        if (first != NULL) {
            first->alone = true;
            first->indent = text == NULL ? NULL : text->text + text->n;
            first->indent_n = text == NULL ? 0 : p->margin_n;
        }
    }
    p->line_start = after;
    p->line_has_text = false;
    p->line_tags = 0;
}

/* After a tag of inheritance that has not taken its line (yet); OP is what it made,
 * right behind the white space before it. */
static void share_line(struct parser *p, const struct tag *tag, int op, bool inline_end)
{
    bool opens = tag->sigil == '<' || tag->sigil == '$';
    if (p->line_tags++ == 0) {
        p->margin_n = (size_t)(tag->start - p->line_start);
        p->margin_op = p->margin_n > 0 ? op - 1 : -1;
        p->first_tag = opens ? op : -1;
        if (tag->sigil == '$') {
            p->t->ops[op].indent = p->line_start;
            p->t->ops[op].indent_n = p->margin_n;
        }
    }
    p->line_has_text = inline_end;
}

/* For the op just made by a tag alone on its line (INDENT_FROM not NULL). */
static void set_indent(struct parser *p, const struct tag *tag, const char *indent_from)
{
    struct op *op = &p->t->ops[p->t->count - 1];
    op->alone = indent_from != NULL;
    op->indent = indent_from;
    op->indent_n = indent_from == NULL ? 0 : (size_t)(tag->start - indent_from);
}

static enum result apply(
    struct parser *p, const struct tag *tag, const char *indent_from)
{
    const char *text = tag->body;
    size_t n = (size_t)(tag->body_end - text);
    if (tag->sigil != '!' && tag->sigil != '=') {
        if (n == 0)
            return refuse(p, "a tag without a name");
        for (size_t i = 0; i < n; i++)
            if (blank(text[i]) || text[i] == '\n' || text[i] == '\r' || text[i] == '\0')
                return refuse(p, "a name with a blank in it");
    }
    switch (tag->sigil) {
    case '!':
        return OK;
    case '=':
        return set_delimiters(p, text, tag->body_end);
    case '#':
        return open_range(p, OP_SECTION, text, n);
    case '^':
        return open_range(p, OP_INVERTED, text, n);
    case '<':
    case '$':
        TRY(open_range(p, tag->sigil == '<' ? OP_PARENT : OP_BLOCK, text, n));
        set_indent(p, tag, indent_from);
        return OK;
    case '/':
        return close_range(p, text, n);
    case '>':
        add(p, OP_PARTIAL, text, n);
        set_indent(p, tag, indent_from);
        return OK;
    default:
        return set_name(p, add(p, tag->sigil == 0 ? OP_VALUE : OP_RAW, text, n));
    }
}

static void count_lines(struct parser *p, const char *from, const char *to)
{
    for (const char *at = from; at < to; at++)
        p->line += *at == '\n';
}

/* Emits the text from p->at up to the tag, whole lines apart from the last. */
static void text_before(struct parser *p, const char *upto)
{
    for (const char *at = p->at; at < upto;) {
        const char *nl = memchr(at, '\n', (size_t)(upto - at));
        if (nl == NULL) {
            for (const char *s = at; s < upto; s++)
                p->line_has_text |= !blank(*s);
            break;
        }
        at = p->line_start = nl + 1;
        p->line_has_text = false;
        p->line_tags = 0;
    }
}

/* The room that a finished program does not need. */
static void give_back(struct template *t)
{
    t->room = t->count;
    t->part_room = t->part_count;
    if (t->room > 0)
        t->ops = sized(t->ops, t->room, sizeof *t->ops);
    if (t->part_room > 0)
        t->parts = sized(t->parts, t->part_room, sizeof *t->parts);
}

enum result program_parse(struct template *t, size_t n, struct buf *why)
{
    struct parser p = { .t = t,
        .at = t->source,
        .end = t->source + n,
        .line_start = t->source,
        .line = 1,
        .open = "{{",
        .close = "}}",
        .why = why };
    for (;;) {
        const char *start = find(p.at, p.end, p.open);
        if (start == NULL)
            break;
        text_before(&p, start);
        count_lines(&p, p.at, start);
        struct tag tag;
        TRY(read_tag(&p, start, &tag));
        const char *from = start, *after = tag.after;
        bool alone = standalone(&p, &tag, &from, &after);
        bool shares = !alone && !p.line_has_text && inherits(&p, &tag);
        bool inline_end = ends_inline_block(&p, &tag);
        add_text(&p, p.at, from);
        int made = t->count;
        TRY(apply(&p, &tag, alone ? from : NULL));
        count_lines(&p, start, after);
        if (alone)
            end_line(&p, after);
        else if (shares)
            share_line(&p, &tag, made, inline_end);
        else
            p.line_has_text = true;
        p.at = after;
    }
    add_text(&p, p.at, p.end);
    if (p.depth > 0) {
        p.line = t->ops[p.stack[p.depth - 1]].line;
        return refuse(&p, "a section that is never closed");
    }
    give_back(t);
    return OK;
}
