#include "ledger.h"

#include "sql.h"

void ledger_open(struct store *s, const char *party, const char *currency)
{
    sqlite3_stmt *q = sql_prepared(s,
        "INSERT INTO totals (party, currency, amount_cents) VALUES (?1, ?2, 0)"
        " ON CONFLICT DO NOTHING");
    sql_text(q, 1, party);
    sql_text(q, 2, currency);
    sql_run(s, q);
}

void ledger_add(struct store *s, const struct ledger_entry *e)
{
    if (e->amount_cents == 0)
        return;
    sqlite3_stmt *q = sql_prepared(s,
        "INSERT INTO ledger (movement, party, currency, amount_cents, available_on)"
        " VALUES (?1, ?2, ?3, ?4, ?5)");
    sql_text(q, 1, e->movement);
    sql_text(q, 2, e->party);
    sql_text(q, 3, e->currency);
    sql_int(q, 4, e->amount_cents);
    sql_int(q, 5, e->available_on);
    sql_run(s, q);
    s->moved = true;
}

struct ledger_balance ledger_balance(
    struct store *s, const char *party, const char *currency, int64_t now)
{
    sqlite3_stmt *q = sql_prepared(s,
        "SELECT amount_cents FROM totals WHERE party = ?1 AND currency = ?2"
        " UNION ALL SELECT 0 LIMIT 1");
    sql_text(q, 1, party);
    sql_text(q, 2, currency);
    int64_t total = sql_number(s, q, 0);
    q = sql_prepared(s, "SELECT sum(amount_cents) FROM ledger WHERE party = ?1"
                        " AND currency = ?2 AND available_on > ?3");
    sql_text(q, 1, party);
    sql_text(q, 2, currency);
    sql_int(q, 3, now);
    int64_t pending = sql_number(s, q, 0);
    return (struct ledger_balance) { total - pending, pending };
}

bool ledger_balanced(struct store *s)
{
    sqlite3_stmt *q = sql_prepared(s,
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM totals GROUP BY currency"
        " HAVING sum(amount_cents) <> 0))"
        " + (SELECT count(*) FROM totals WHERE party = '" LEDGER_TRANSIT "'"
        " AND amount_cents <> 0)");
    return sql_number(s, q, 0) == 0;
}

int64_t ledger_missing(struct store *s)
{
    return sql_number(s,
        sql_prepared(s, "SELECT sum(abs(missing)) FROM (SELECT sum(amount_cents) AS"
                        " missing FROM ledger GROUP BY currency, movement)"),
        0);
}

void ledger_ripen(struct store *s, const char *party, int64_t now)
{
    sqlite3_stmt *q = sql_prepared(s,
        "UPDATE ledger SET available_on = ?2 WHERE party = ?1 AND available_on > ?2");
    sql_text(q, 1, party);
    sql_int(q, 2, now);
    sql_run(s, q);
}

size_t ledger_parties(struct store *s, struct arena *a, const char *currency,
    size_t max, const char **out)
{
    sqlite3_stmt *q =
        sql_prepared(s, "SELECT party FROM totals WHERE currency = ?1 ORDER BY party");
    sql_text(q, 1, currency);
    return sql_texts(s, a, q, max, out);
}

size_t ledger_currencies(
    struct store *s, struct arena *a, const char *party, size_t max, const char **out)
{
    sqlite3_stmt *q = sql_prepared(
        s, "SELECT currency FROM totals WHERE party = ?1 ORDER BY currency");
    sql_text(q, 1, party);
    return sql_texts(s, a, q, max, out);
}
