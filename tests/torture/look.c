#include "torture.h"

#include "torture/look.h"

#include <sqlite3.h>
#include <stdarg.h>

#include "util/guard.h"

static sqlite3 *both;

static const char views[] =
    "CREATE TEMP VIEW st_charges AS SELECT id, created_at, body->>'$.amount' AS amount,"
    " body->>'$.amount_refunded' AS refunded, body->>'$.status' AS status,"
    " body->>'$.disputed' AS disputed, body->>'$.payment_intent' AS intent,"
    " body->>'$.transfer_group' AS uid FROM st.objects WHERE kind = 'charge' AND "
    "account = ''"
    " AND id LIKE 'ch\\_%' ESCAPE '\\';"
    "CREATE TEMP VIEW st_intents AS SELECT id, created_at, body->>'$.status' AS status,"
    " body->>'$.amount' AS amount, body->>'$.metadata.booking_uid' AS uid,"
    " body->>'$.latest_charge' AS charge FROM st.objects WHERE kind = 'payment_intent' "
    "AND account = '';"
    "CREATE TEMP VIEW st_refunds AS SELECT id, created_at, body->>'$.amount' AS amount,"
    " body->>'$.status' AS status, body->>'$.balance_transaction' AS movement, "
    "body->>'$.charge' AS charge,"
    " body->>'$.payment_intent' AS intent, body->>'$.metadata.refund_uid' AS uid"
    " FROM st.objects WHERE kind = 'refund' AND account = '';"
    "CREATE TEMP VIEW st_transfers AS SELECT id, created_at, body->>'$.amount' AS "
    "amount,"
    " body->>'$.amount_reversed' AS reversed, body->>'$.transfer_group' AS uid,"
    " body->>'$.destination' AS account FROM st.objects WHERE kind = 'transfer' AND "
    "account = '';"
    "CREATE TEMP VIEW st_reversals AS SELECT id, created_at, body->>'$.amount' AS "
    "amount,"
    " body->>'$.transfer' AS transfer FROM st.objects WHERE kind = 'transfer_reversal' "
    "AND account = '';"
    "CREATE TEMP VIEW st_disputes AS SELECT id, created_at, body->>'$.amount' AS "
    "amount,"
    " body->>'$.status' AS status, body->>'$.charge' AS charge FROM st.objects"
    " WHERE kind = 'dispute' AND account = '';"
    "CREATE TEMP VIEW st_reviews AS SELECT id, body->>'$.open' AS open,"
    " body->>'$.charge' AS charge FROM st.objects WHERE kind = 'review' AND account = "
    "'';"
    "CREATE TEMP VIEW st_warnings AS SELECT id, body->>'$.charge' AS charge"
    " FROM st.objects WHERE kind = 'radar.early_fraud_warning' AND account = '';"
    "CREATE TEMP VIEW st_events AS SELECT id, created_at, account, body->>'$.type' AS"
    " type, body->>'$.data.object.id' AS object FROM st.objects WHERE kind = 'event';";

static void must(int code)
{
    ck_assert_msg(code == SQLITE_OK, "%s", sqlite3_errmsg(both));
}

void look_open(const char *our_file, const char *stripe_file)
{
    enum { BUSY_MS = 10000 };
    CHECK(sqlite3_open_v2(our_file, &both, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    must(sqlite3_busy_timeout(both, BUSY_MS));
    char *attach = sqlite3_mprintf("ATTACH %Q AS st", stripe_file);
    must(sqlite3_exec(both, attach, NULL, NULL, NULL));
    must(sqlite3_exec(both, views, NULL, NULL, NULL));
    sqlite3_free(attach);
}

void look_close(void)
{
    CHECK(sqlite3_close(both) == SQLITE_OK);
    both = NULL;
}

static sqlite3_stmt *first_row(const char *sql)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(both, sql, -1, &stmt, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(both));
    code = sqlite3_step(stmt);
    ck_assert_msg(
        code == SQLITE_ROW || code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(both));
    return stmt;
}

static sqlite3_stmt *first_row_of(const char *format, va_list ap)
{
    char *sql = sqlite3_vmprintf(format, ap);
    CHECK(sql != NULL);
    sqlite3_stmt *stmt = first_row(sql);
    sqlite3_free(sql);
    return stmt;
}

int64_t look_int(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    sqlite3_stmt *stmt = first_row_of(format, ap);
    va_end(ap);
    int64_t n = sqlite3_data_count(stmt) > 0 ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return n;
}

const char *look_text(struct arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    sqlite3_stmt *stmt = first_row_of(format, ap);
    va_end(ap);
    const char *text = NULL;
    if (sqlite3_data_count(stmt) > 0 && sqlite3_column_type(stmt, 0) != SQLITE_NULL)
        text = arena_strdup(a, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return text;
}

const char *look_row(struct arena *a, const char *sql)
{
    sqlite3_stmt *stmt = first_row(sql);
    char *row = NULL;
    for (int i = 0; i < sqlite3_data_count(stmt); i++) {
        const char *text = (const char *)sqlite3_column_text(stmt, i);
        row = arena_printf(a, "%s%s%s", row == NULL ? "" : row, i == 0 ? "" : " | ",
            text == NULL ? "NULL" : text);
    }
    sqlite3_finalize(stmt);
    return row;
}
