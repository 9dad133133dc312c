#include "web/booking_money.h"

#include <stdlib.h>

#include "util/guard.h"
#include "web/booking_story.h"
#include "web/show.h"

enum { ROWS_MAX = 1000 };

/* ---- the page ---------------------------------------------------------------------
 */

static int by_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static void show_lines(struct money *m, struct view *v)
{
    struct view *list = view_list(v, "money");
    qsort(m->lines, m->n, sizeof *m->lines, by_time);
    for (size_t i = 0; i < m->n; i++) {
        const struct line *l = &m->lines[i];
        bool dated = l->at != 0 && !l->ahead;
        struct view *item = view_item(list);
        view_text(item, "when", dated ? zone_format(m->c->arena, m->zone, l->at) : "");
        view_text(item, "when_iso", dated ? show_iso(m->c, l->at) : "");
        view_text(item, "text", l->text);
        view_bool(item, "is_held", l->held);
        struct view *ids = view_list(item, "ids");
        for (size_t k = 0; k < l->ids_n; k++) {
            struct view *id = view_item(ids);
            view_text(id, "label", l->ids[k].label);
            view_text(id, "id", l->ids[k].id);
        }
    }
}

/* By account, from the rows themselves: they end at nothing. */
static void show_books(const struct money *m, struct view *v)
{
    struct cents sums[LEDGER__ACCOUNTS] = { { 0 } }, all = { 0 };
    bool used[LEDGER__ACCOUNTS] = { false };
    for (size_t i = 0; i < m->rows_n; i++) {
        const struct ledger_row *r = &m->rows[i];
        sums[r->debit] = cents_add(sums[r->debit], r->amount);
        sums[r->credit] = cents_sub(sums[r->credit], r->amount);
        used[r->debit] = used[r->credit] = true;
    }
    struct view *list = view_list(v, "books");
    for (enum ledger_account a = 0; a < LEDGER__ACCOUNTS; a++) {
        if (!used[a])
            continue;
        struct view *item = view_item(list);
        view_text(item, "label", ledger_account_label(a));
        view_text(item, "amount", cents_format(m->c->arena, sums[a]));
        all = cents_add(all, sums[a]);
    }
    bool debt = used[LEDGER_HOST_RECEIVABLE] && m->side == SIDE_VENDOR;
    view_bool(v, "has_books", m->rows_n > 0 && !debt);
    view_text(v, "books_sum", cents_format(m->c->arena, all));
}

static struct cents payable_of(const struct ledger_row *rows, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += rows[i].credit == LEDGER_HOST_PAYABLE  ? rows[i].amount.n
               : rows[i].debit == LEDGER_HOST_PAYABLE ? -rows[i].amount.n
                                                      : 0;
    return cents_of(sum);
}

static enum result show_share(const struct money *m, struct view *v)
{
    enum booking_state s = m->b->state;
    bool ahead = s == BOOKING_REQUESTED || s == BOOKING_HELD;
    bool open = bookings_on(s) || m->b->disputed;
    struct cents share = m->b->host;
    if (m->side == SIDE_HOST && m->applied)
        TRY(ledger_entitled(m->c, m->b->id, &share));
    view_bool(v, "has_share", m->side == SIDE_HOST && (m->applied || ahead));
    view_bool(v, "share_is_open", ahead || (open && share.n > 0));
    view_text(v, "share", share.n > 0 ? cents_format(m->c->arena, share) : "");
    return OK;
}

static enum side side_of(const struct ctx *c, const struct booking *b)
{
    return c->actor.user_id == b->vendor_id ? SIDE_VENDOR
           : c->actor.user_id == b->host_id ? SIDE_HOST
                                            : SIDE_STAFF;
}

enum result booking_money_show(struct ctx *c, struct view *v, const struct booking *b)
{
    struct money *m = ctx_alloc(c, sizeof *m);
    *m = (struct money) {
        .c = c, .b = b, .zone = zone_find(b->timezone), .side = side_of(c, b)
    };
    CHECK(m->zone != NULL);
    TRY(ledger_of_booking(c, b->id, ROWS_MAX, &m->rows, &m->rows_n));
    TRY(freezes_of_booking(c, b->id, &m->freezes, &m->freezes_n));
    m->payable = payable_of(m->rows, m->rows_n);
    TRY(booking_story_tell(m));
    show_lines(m, v);
    show_books(m, v);
    TRY(show_share(m, v));
    view_bool(v, "has_dispute", m->disputed);
    view_bool(v, "has_receipt", m->applied && m->side != SIDE_HOST);
    return OK;
}
