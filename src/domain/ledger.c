#include "domain/ledger.h"

#include "util/guard.h"
#include "util/text.h"

static const struct {
    const char *name, *label;
} accounts[LEDGER__ACCOUNTS] = {
    [LEDGER_STRIPE] = { "stripe", "Our balance at Stripe" },
    [LEDGER_BANK] = { "bank", "Our bank account" },
    [LEDGER_HOST_PAYABLE] = { "host_payable", "Owed to the host" },
    [LEDGER_HOST_RECEIVABLE] = { "host_receivable", "Owed by the host" },
    [LEDGER_REVENUE] = { "revenue", "Prep's fees" },
    [LEDGER_TAX] = { "tax", "Tax" },
    [LEDGER_REFUNDS_DUE] = { "refunds_due", "Refunds on their way" },
    [LEDGER_DISPUTED] = { "disputed", "Held by a bank" },
    [LEDGER_DISPUTE_LOSS] = { "dispute_loss", "Lost in disputes" },
    [LEDGER_STRIPE_FEES] = { "stripe_fees", "Stripe's fees" },
};

const char *ledger_account_name(enum ledger_account a)
{
    CHECK((unsigned)a < LEDGER__ACCOUNTS);
    return accounts[a].name;
}

const char *ledger_account_label(enum ledger_account a)
{
    CHECK((unsigned)a < LEDGER__ACCOUNTS);
    return accounts[a].label;
}

const char *ledger_total_label(enum ledger_account a)
{
    return a == LEDGER_HOST_PAYABLE      ? "Owed to hosts"
           : a == LEDGER_HOST_RECEIVABLE ? "Owed by hosts"
                                         : ledger_account_label(a);
}

static enum ledger_account account_of(const char *name)
{
    for (enum ledger_account a = 0; a < LEDGER__ACCOUNTS; a++)
        if (text_is(accounts[a].name, name))
            return a;
    CHECK(!"an account that the table's CHECK does not know");
    return LEDGER__ACCOUNTS;
}

enum result ledger_post(struct ctx *c, const struct ledger_movement *m)
{
    CHECK(m->amount.n >= 0 && !text_empty(m->source_id));
    if (m->amount.n == 0)
        return OK;
    struct query *q = db_query(c->db, Q_LEDGER_POST);
    bind_int(q, "at", c->now_at);
    bind_text(q, "kind", m->kind);
    bind_text(q, "source_id", m->source_id);
    bind_text(q, "debit", ledger_account_name(m->debit));
    bind_text(q, "credit", ledger_account_name(m->credit));
    bind_int(q, "amount_cents", m->amount.n);
    bind_id(q, "booking_id", m->booking_id);
    bind_id(q, "host_id", m->host_id);
    enum result r = query_run(q);
    return r == R_CONFLICT
               ? fail(c, r, "%s of %s is in the books already.", m->kind, m->source_id)
               : r;
}

/* ---- balances ---------------------------------------------------------------------
 */

enum result ledger_balance(
    struct ctx *c, enum ledger_account account, int64_t booking_id, struct cents *out)
{
    struct query *q = db_query(c->db, Q_LEDGER_BALANCE);
    bind_text(q, "account", ledger_account_name(account));
    bind_int(q, "booking_id", booking_id);
    TRY(query_step(q));
    *out = cents_of(col_int(q, "balance"));
    return OK;
}

/* "[17,4]" */
static const char *ids_json(struct arena *a, const int64_t *ids, size_t n)
{
    const char *text;
    struct buf json;
    buf_init(&json, 2 + n * 21); /* a number has at most 20 characters */
    buf_adds(&json, "[");
    for (size_t i = 0; i < n; i++)
        buf_printf(&json, i > 0 ? ",%lld" : "%lld", (long long)ids[i]);
    buf_adds(&json, "]");
    CHECK(buf_ok(&json));
    text = arena_strndup(a, json.at, json.n);
    buf_free(&json);
    return text;
}

static enum result each(struct ctx *c, enum query_id query, const int64_t *booking_ids,
    size_t n, struct cents *out)
{
    struct query *q = db_query(c->db, query);
    bind_text(q, "booking_ids", ids_json(c->arena, booking_ids, n));
    enum result r;
    size_t i = 0;
    for (QUERY_EACH(q, r)) {
        if (!col_is_null(q, "cents"))
            out[i] = cents_of(col_int(q, "cents"));
        i++;
    }
    return query_end(r);
}

enum result ledger_entitled_each(
    struct ctx *c, const int64_t *booking_ids, size_t n, struct cents *out)
{
    return each(c, Q_LEDGER_ENTITLED, booking_ids, n, out);
}

enum result ledger_paid_each(
    struct ctx *c, const int64_t *booking_ids, size_t n, struct cents *out)
{
    return each(c, Q_LEDGER_PAID, booking_ids, n, out);
}

enum result ledger_entitled(struct ctx *c, int64_t booking_id, struct cents *out)
{
    *out = cents_of(0);
    return ledger_entitled_each(c, &booking_id, 1, out);
}

enum result ledger_total(
    struct ctx *c, enum ledger_account account, int64_t host_id, struct cents *out)
{
    struct query *q = db_query(c->db, Q_LEDGER_TOTAL);
    bind_text(q, "account", ledger_account_name(account));
    bind_int(q, "host_id", host_id);
    enum result r = query_step(q);
    *out = cents_of(r == OK ? col_int(q, "balance_cents") : 0);
    return query_end(r);
}

enum result ledger_totals(struct ctx *c, struct cents out[LEDGER__ACCOUNTS])
{
    for (enum ledger_account a = 0; a < LEDGER__ACCOUNTS; a++)
        out[a] = cents_of(0);
    struct query *q = db_query(c->db, Q_LEDGER_TOTALS);
    enum result r;
    for (QUERY_EACH(q, r))
        out[account_of(col_text_here(q, "account"))] = cents_of(col_int(q, "balance"));
    return query_end(r);
}

/* ---- movements --------------------------------------------------------------------
 */

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct ledger_row **out, size_t *n)
{
    struct ledger_row *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct ledger_row) {
            .id = col_int(q, "id"),
            .at = col_int(q, "at"),
            .kind = col_text(q, "kind"),
            .source_id = col_text(q, "source_id"),
            .debit = account_of(col_text_here(q, "debit")),
            .credit = account_of(col_text_here(q, "credit")),
            .amount = cents_of(col_int(q, "amount_cents")),
            .booking_id = col_int(q, "booking_id"),
            .host_id = col_int(q, "host_id"),
        };
    *out = rows;
    return query_end(r);
}

enum result ledger_of_booking(
    struct ctx *c, int64_t booking_id, size_t max, struct ledger_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_LEDGER_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    return read_rows(c, q, max, out, n);
}

enum result ledger_page(
    struct ctx *c, int64_t before_id, size_t max, struct ledger_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_LEDGER_PAGE);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    return read_rows(c, q, max, out, n);
}
