/* A parsed template, shared by mustache's parser and renderer. */
#ifndef HTML_PROGRAM_H
#define HTML_PROGRAM_H

#include "html/mustache.h"

enum { NAME_PARTS_MAX = 8 };

enum op_kind {
    OP_TEXT,     /* text */
    OP_VALUE,    /* name, escaped */
    OP_RAW,      /* name, as it is */
    OP_SECTION,  /* name ... end */
    OP_INVERTED, /* name ... end */
    OP_PARTIAL,  /* text: the partial's name; indent */
    OP_PARENT,   /* text: the parent's name; its blocks up to end */
    OP_BLOCK,    /* text: the block's name ... end */
    OP_END
};

/* One part of a dotted name. */
struct name_part {
    const char *at;
    size_t n;
    uint32_t hash;
};

struct op {
    enum op_kind kind;
    int line;
    const char *text;
    size_t n;
    const char *indent; /* of each line of a partial, a parent, or what fills a block */
    size_t indent_n;
    bool alone;                    /* the tag took its whole line */
    int end;                       /* index of the matching OP_END */
    const struct template *target; /* of a partial or parent, once loaded */
    int parts;                     /* of the name; 0: "." */
    int part;                      /* index of the first of them */
};

struct template
{
    char *name, *source;
    bool plain; /* text for a mail, not HTML: nothing is escaped */
    struct op *ops;
    int count, room;
    struct name_part *parts; /* of all names, those of one beside each other */
    int part_count, part_room;
};

struct templates {
    struct template **all; /* sorted by name once loaded */
    int count, room;
    bool strict;
};

/* Parses t->source (N bytes) into t->ops. R_INVALID with WHY. */
enum result program_parse(struct template *t, size_t n, struct buf *why);

const struct template *templates_find(
    const struct templates *t, const char *name, size_t n);

#endif
