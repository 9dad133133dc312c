/* Once a day the index of words is made one piece again, a few pages at a time. */
#include "domain/words.h"

#include "jobs/job.h"

enum { DAY_S = 86400 };
enum step { BEGIN, GO_ON };

static enum result find(struct ctx *c, struct batch *b)
{
    if (c != NULL)
        job_add_id(b, BEGIN);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    struct job_item *item = arg;
    TRY(db_begin(c->db));
    TRY(words_merge(c, item->id == BEGIN, &item->more));
    item->id = GO_ON;
    return db_commit(c->db);
}

const struct job job_words = { "words", DAY_S, true, find, work };
