#include "torture.h"

#include "torture/truth.h"

#include "torture/look.h"
#include "util/guard.h"

#define LIVE "('requested', 'held', 'confirmed', 'active', 'completed', 'no_show')"
#define PAID "('confirmed', 'active', 'completed', 'no_show')"

/* Mails about bookings: dedupe is "kind:17", or "kind:17" and a uid of 22 characters.
 */
#define NEWS                                                                           \
    "(SELECT kind, CAST(CASE WHEN length(dedupe) - instr(dedupe, ':') > 22"            \
    " THEN substr(dedupe, instr(dedupe, ':') + 1,"                                     \
    "  length(dedupe) - instr(dedupe, ':') - 22)"                                      \
    " ELSE substr(dedupe, instr(dedupe, ':') + 1) END AS INTEGER) AS booking"          \
    " FROM outbox)"

/* What somebody took back from the host of booking ID in Stripe's dashboard. Nobody
 * sends it again by himself: it is on the list of differences, for a person. */
#define BY_HAND(id)                                                                    \
    "(SELECT COALESCE(SUM(r.amount_cents), 0) FROM transfers t"                        \
    " JOIN reversals r ON r.transfer = t.id WHERE t.booking_id = " id                  \
    " AND r.reason = 'made at Stripe')"

/* Each SQL finds what contradicts its sentence. */
static const struct truth {
    enum truth_when when;
    const char *sentence, *sql;
} truths[] = {
    /* ---- time ---- */
    { TRUTH_ALWAYS, "no time is sold twice",
        "SELECT a.id, b.id FROM bookings a JOIN bookings b ON b.kitchen_id = "
        "a.kitchen_id"
        " AND b.id > a.id JOIN spaces x ON x.id = a.space_id"
        " JOIN spaces y ON y.id = b.space_id"
        " WHERE a.state IN " LIVE " AND b.state IN " LIVE
        " AND (x.id = y.id OR x.kind = 'whole' OR y.kind = 'whole')"
        " AND a.start_at - a.buffer_before_min * 60 < b.end_at + b.buffer_after_min * "
        "60"
        " AND b.start_at - b.buffer_before_min * 60 < a.end_at + a.buffer_after_min * "
        "60" },
    { TRUTH_ALWAYS, "the cells that are taken are those of the live bookings",
        "SELECT b.id, b.state FROM bookings b JOIN spaces s ON s.id = b.space_id"
        " WHERE (SELECT COUNT(*) FROM cells WHERE booking_id = b.id)"
        " <> CASE WHEN b.state IN " LIVE
        " THEN ((b.end_at + b.buffer_after_min * 60 + 899) / 900"
        "   - (b.start_at - b.buffer_before_min * 60) / 900)"
        "   * (CASE s.kind WHEN 'whole' THEN (SELECT COUNT(*) FROM spaces x"
        "      WHERE x.kitchen_id = b.kitchen_id) ELSE 1 END) ELSE 0 END" },

    /* ---- bookings and their money ---- */
    { TRUTH_ALWAYS, "no booking is confirmed without money",
        "SELECT id, state FROM bookings b WHERE state IN " PAID
        " AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.booking_id = b.id"
        " AND p.applied = 1)" },
    { TRUTH_ALWAYS, "never more goes back than was paid",
        "SELECT p.id, p.amount_cents FROM payments p WHERE p.amount_cents <"
        " (SELECT SUM(amount_cents) FROM refunds WHERE payment_id = p.id"
        " AND state <> 'canceled')" },
    { TRUTH_ALWAYS, "nothing is sent to a host before 24 hours after the end",
        "SELECT t.booking_id, t.sent_at, b.end_at FROM transfers t"
        " JOIN bookings b ON b.id = t.booking_id"
        " WHERE COALESCE(t.claimed_at, t.sent_at) < b.end_at + 86400" },

    /* ---- the books ---- */
    { TRUTH_ALWAYS, "the books sum to zero",
        "SELECT booking_id, SUM(amount_cents) AS sum FROM ledger_entries"
        " GROUP BY booking_id HAVING sum <> 0" },
    { TRUTH_ALWAYS, "the totals are the sums of the books",
        "SELECT account, host, SUM(n) AS n FROM (SELECT account, host_id AS host,"
        " balance_cents AS n FROM ledger_totals UNION ALL SELECT account,"
        " CASE WHEN account LIKE 'host%' THEN host_id ELSE 0 END, -amount_cents"
        " FROM ledger_entries) GROUP BY account, host HAVING SUM(n) <> 0" },
    { TRUTH_ALWAYS, "a host never owes us less than nothing",
        "SELECT host_id, balance_cents FROM ledger_totals"
        " WHERE account = 'host_receivable' AND balance_cents < 0" },

    /* ---- what is written beside a change ---- */
    { TRUTH_ALWAYS, "each state of a booking has its line in the audit trail",
        "SELECT b.id, b.state FROM bookings b WHERE NOT EXISTS (SELECT 1 FROM audit a"
        " WHERE a.subject = 'booking' AND a.subject_id = b.id"
        " AND a.action = 'booking.' || b.state)" },
    { TRUTH_ALWAYS, "each payment that came has one line in the audit trail",
        "SELECT b.id FROM bookings b WHERE"
        " (SELECT COUNT(*) FROM payments WHERE booking_id = b.id"
        "  AND state IN ('succeeded', 'late', 'refunded'))"
        " <> (SELECT COUNT(*) FROM audit WHERE subject = 'booking' AND subject_id = "
        "b.id"
        "  AND action IN ('payment.succeeded', 'payment.late'))" },
    { TRUTH_ALWAYS, "each payment that was opened has one line in the audit trail",
        "SELECT b.id FROM bookings b WHERE"
        " (SELECT COUNT(*) FROM payments WHERE booking_id = b.id)"
        " <> (SELECT COUNT(*) FROM audit WHERE subject = 'booking' AND subject_id = "
        "b.id"
        "  AND action IN ('payment.opened', 'payment.adopted'))" },
    { TRUTH_ALWAYS, "each payment that is under way or ended has its line",
        "SELECT p.id, p.state, p.booking_id FROM payments p WHERE p.state IN"
        " ('processing', 'failed', 'canceled') AND NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'booking' AND subject_id = p.booking_id"
        "  AND action = 'payment.' || p.state)" },
    { TRUTH_ALWAYS, "each account and customer at Stripe has its line",
        "SELECT user_id, account_id FROM host_accounts h WHERE account_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM audit WHERE subject = 'user'"
        "  AND subject_id = h.user_id AND action = 'host_account.linked'"
        "  AND detail = h.account_id)"
        " UNION ALL SELECT user_id, customer_id FROM customers u"
        " WHERE customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit"
        "  WHERE subject = 'user' AND subject_id = u.user_id"
        "  AND action = 'customer.linked' AND detail = u.customer_id)" },
    { TRUTH_ALWAYS, "each difference has its line when it is found and when it ends",
        "SELECT id, kind, closed_at FROM differences d WHERE NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'difference' AND subject_id = d.id"
        "  AND action = 'difference.found') OR closed_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'difference' AND subject_id = d.id"
        "  AND action IN ('difference.gone', 'difference.closed'))" },
    { TRUTH_ALWAYS, "each answer to a bank has its lines in the audit trail",
        "SELECT e.uid, e.state, d.booking_id FROM dispute_evidence e"
        " JOIN disputes d ON d.dispute_id = e.dispute_id WHERE NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'booking' AND subject_id = d.booking_id"
        "  AND action = 'dispute.answered') OR e.state <> 'queued' AND NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'booking' AND subject_id = d.booking_id"
        "  AND action = 'evidence.' || e.state)" },
    { TRUTH_ALWAYS, "each refund's state has its line in the audit trail",
        "SELECT r.id, r.state, p.booking_id FROM refunds r"
        " JOIN payments p ON p.id = r.payment_id WHERE r.state <> 'queued' AND NOT "
        "EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'booking' AND subject_id = p.booking_id"
        "  AND action = 'refund.' || r.state)" },
    { TRUTH_ALWAYS, "each transfer that was sent has one line in the audit trail",
        "SELECT b.id FROM bookings b WHERE"
        " (SELECT COUNT(*) FROM transfers WHERE booking_id = b.id AND sent_at IS NOT "
        "NULL)"
        " <> (SELECT COUNT(*) FROM audit WHERE subject = 'booking' AND subject_id = "
        "b.id"
        "  AND action = 'transfer.sent')" },
    { TRUTH_ALWAYS, "each reversal that succeeded has one line in the audit trail",
        "SELECT t.booking_id FROM transfers t JOIN reversals r ON r.transfer = t.id"
        " WHERE r.state = 'succeeded' GROUP BY t.booking_id HAVING COUNT(*) <>"
        " (SELECT COUNT(*) FROM audit WHERE subject = 'booking'"
        "  AND subject_id = t.booking_id AND action = 'reversal.succeeded')" },
    { TRUTH_ALWAYS, "each dispute's status has its line in the audit trail",
        "SELECT d.dispute_id, d.status FROM disputes d WHERE NOT EXISTS"
        " (SELECT 1 FROM audit WHERE subject = 'booking' AND subject_id = d.booking_id"
        "  AND action = 'dispute.' || d.status)" },
    { TRUTH_ALWAYS, "who paid is told so once, and so is the host",
        "SELECT b.id, b.state FROM bookings b WHERE (b.confirmed_at IS NOT NULL)"
        " <> (SELECT COUNT(*) FROM outbox WHERE dedupe = 'booking_confirmed:' || b.id)"
        " OR (b.confirmed_at IS NOT NULL)"
        " <> (SELECT COUNT(*) FROM outbox WHERE dedupe = 'booking_new:' || b.id)" },
    { TRUTH_ALWAYS, "of a cancellation the vendor is told once, and the host",
        "SELECT b.id, n.kind, COUNT(*) FROM bookings b JOIN " NEWS " n"
        " ON n.booking = b.id WHERE n.kind IN ('booking_canceled',"
        " 'booking_canceled_host') GROUP BY b.id, n.kind HAVING COUNT(*) <>"
        " (b.state = 'canceled')" },
    { TRUTH_ALWAYS, "of each transfer the host is told once",
        "SELECT b.id FROM bookings b WHERE (SELECT COUNT(*) FROM transfers"
        " WHERE booking_id = b.id AND transfer_id IS NOT NULL) <> (SELECT COUNT(*)"
        " FROM " NEWS " WHERE kind = 'transfer_sent' AND booking = b.id)" },

    { TRUTH_ALWAYS, "no secret of a payment is kept with an event",
        "SELECT event_id, type FROM stripe_events WHERE instr(payload, '_secret_') > 0"
        " OR instr(payload, 'client_secret') > 0" },

    /* ---- at rest ---- */
    { TRUTH_AT_REST, "no call to Stripe is left open",
        "SELECT idem_key, state FROM stripe_ops"
        " WHERE state IN ('queued', 'sending', 'unknown')" },
    { TRUTH_AT_REST, "no event is left open",
        "SELECT event_id, type, error FROM stripe_events WHERE processed_at IS NULL" },
    { TRUTH_AT_REST, "no payment is open but for a booking that waits for it",
        "SELECT p.id, p.state, b.state FROM payments p JOIN bookings b"
        " ON b.id = p.booking_id WHERE p.state IN ('pending', 'processing')"
        " AND b.state <> 'held'" },
    { TRUTH_AT_REST, "no mail is left open",
        "SELECT id, kind, state, error FROM outbox WHERE state <> 'sent'" },
    { TRUTH_AT_REST, "every mail has left once",
        "SELECT uid, COUNT(*) FROM outbox GROUP BY uid HAVING COUNT(*) > 1" },
    { TRUTH_AT_REST, "every fact that Stripe told of is known",
        "SELECT e.id, e.type FROM st_events e WHERE account = '' AND (e.type LIKE "
        "'refund.%'"
        " OR e.type LIKE 'charge.dispute.%' OR e.type LIKE 'transfer.%'"
        " OR e.type LIKE 'review.%' OR e.type LIKE 'radar.%'"
        " OR e.type = 'payment_intent.succeeded') AND NOT EXISTS"
        " (SELECT 1 FROM stripe_events o WHERE o.event_id = e.id)" },
    { TRUTH_AT_REST, "no money was taken without a booking or a way back",
        "SELECT c.id, c.amount, c.refunded FROM st_charges c WHERE c.status = "
        "'succeeded'"
        " AND c.refunded < c.amount AND NOT EXISTS (SELECT 1 FROM payments p"
        "  JOIN bookings b ON b.id = p.booking_id WHERE p.charge_id = c.id"
        "  AND p.applied = 1 AND b.state IN " PAID ")"
        " AND NOT EXISTS (SELECT 1 FROM payments p JOIN bookings b ON b.id = "
        "p.booking_id"
        "  WHERE p.charge_id = c.id AND p.applied = 1 AND b.state = 'canceled'"
        "  AND (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds WHERE payment_id = "
        "p.id"
        "   AND state IN ('pending', 'succeeded')) = c.refunded)"
        " AND NOT EXISTS (SELECT 1 FROM payments p JOIN refunds r ON r.payment_id = "
        "p.id"
        "  WHERE p.charge_id = c.id AND r.state = 'failed')"
        " AND NOT EXISTS (SELECT 1 FROM st_disputes d WHERE d.charge = c.id"
        "  AND d.status NOT IN ('won', 'warning_closed', 'prevented'))" },
    { TRUTH_AT_REST, "a booking is paid once",
        "SELECT uid, COUNT(*) FROM st_charges WHERE status = 'succeeded'"
        " AND refunded < amount AND disputed = 0 AND NOT EXISTS (SELECT 1 FROM "
        "payments p"
        "  JOIN refunds r ON r.payment_id = p.id WHERE p.charge_id = st_charges.id"
        "  AND r.state = 'failed') GROUP BY uid HAVING COUNT(*) > 1" },
    { TRUTH_AT_REST, "Stripe gave back what we say went back, and not more than it had",
        "SELECT c.id, c.refunded FROM st_charges c JOIN payments p ON p.charge_id = "
        "c.id"
        " WHERE c.refunded > c.amount OR c.refunded <> p.refunded_cents"
        " OR c.refunded <> (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds"
        "  WHERE payment_id = p.id AND state IN ('pending', 'succeeded'))" },
    { TRUTH_AT_REST,
        "each refund at Stripe is one of ours, or failed unheard and is in our books, "
        "and each of ours is there",
        "SELECT s.id, s.status, r.state FROM st_refunds s"
        " LEFT JOIN refunds r ON r.refund_id = s.id"
        " WHERE r.id IS NULL AND NOT (s.status = 'failed' AND (s.movement IS NULL"
        "  OR (SELECT COUNT(*) FROM ledger WHERE source_id = s.id AND amount_cents ="
        "   s.amount AND kind IN ('refund', 'refund_failed')) = 2))"
        " OR r.amount_cents <> s.amount"
        " OR (s.status = 'succeeded') <> (r.state = 'succeeded')"
        " UNION ALL SELECT r.uid, r.state, r.refund_id FROM refunds r"
        " LEFT JOIN st_refunds s ON s.id = r.refund_id"
        " WHERE r.refund_id IS NOT NULL AND s.id IS NULL" },
    { TRUTH_AT_REST, "each transfer at Stripe is one of ours, and the other way round",
        "SELECT s.id, s.amount, s.reversed FROM st_transfers s"
        " LEFT JOIN transfers t ON t.transfer_id = s.id WHERE t.id IS NULL"
        " OR t.amount_cents <> s.amount OR t.reversed_cents <> s.reversed"
        " UNION ALL SELECT t.uid, t.state, t.transfer_id FROM transfers t"
        " LEFT JOIN st_transfers s ON s.id = t.transfer_id"
        " WHERE t.transfer_id IS NOT NULL AND s.id IS NULL" },
    { TRUTH_AT_REST, "a booking that no bank looked at has at most one transfer",
        "SELECT uid, COUNT(*) FROM st_transfers WHERE reversed = 0 AND NOT EXISTS"
        " (SELECT 1 FROM disputes d JOIN bookings b ON b.id = d.booking_id"
        "  WHERE b.uid = st_transfers.uid) GROUP BY uid HAVING COUNT(*) > 1" },
    { TRUTH_AT_REST, "no host was sent more than he earned, but what he owes or owed",
        "SELECT b.id, SUM(s.amount - s.reversed) AS sent FROM st_transfers s"
        " JOIN bookings b ON b.uid = s.uid GROUP BY b.id HAVING sent > b.host_cents"
        " + (SELECT COALESCE(SUM(amount_cents), 0) FROM ledger WHERE booking_id = b.id"
        "  AND kind = 'receivable')"
        " + (SELECT COALESCE(SUM(r.amount_cents), 0) FROM transfers t JOIN reversals r"
        "  ON r.transfer = t.id WHERE t.booking_id = b.id AND r.state = 'queued')" },
    { TRUTH_AT_REST, "at Stripe no transfer was made before 24 hours after the end",
        "SELECT s.id, s.created_at, b.end_at FROM st_transfers s"
        " JOIN bookings b ON b.uid = s.uid WHERE s.created_at < b.end_at + 86400" },
    { TRUTH_AT_REST, "each dispute at Stripe is known as it stands",
        "SELECT s.id, s.status, d.status FROM st_disputes s"
        " LEFT JOIN disputes d ON d.dispute_id = s.id WHERE d.status IS NOT s.status" },
    { TRUTH_AT_REST, "each review at Stripe holds its booking's money while it is open",
        "SELECT s.id, s.open, b.booking_id, f.closed_at FROM st_reviews s"
        " LEFT JOIN payments b ON b.charge_id = s.charge"
        " LEFT JOIN freezes f ON f.source_id = s.id AND f.booking_id = b.booking_id"
        " WHERE f.source_id IS NULL OR s.open <> (f.closed_at IS NULL)" },
    { TRUTH_AT_REST, "each warning at Stripe is known",
        "SELECT s.id, s.charge FROM st_warnings s LEFT JOIN freezes f"
        " ON f.source_id = s.id WHERE f.source_id IS NULL" },
    { TRUTH_AT_REST, "no host has more than his due but as a debt",
        "SELECT booking_id, SUM(amount_cents) AS sum FROM ledger_entries e"
        " WHERE account = 'host_payable' GROUP BY booking_id HAVING sum > 0"
        " AND NOT EXISTS (SELECT 1 FROM reversals r JOIN transfers t ON t.id = "
        "r.transfer"
        "  WHERE t.booking_id = e.booking_id AND r.state = 'queued')" },
    { TRUTH_AT_REST,
        "what is owed to a host is on its way, but what was taken back at Stripe by "
        "hand",
        "SELECT b.id, b.state, SUM(e.amount_cents) AS sum FROM bookings b"
        " JOIN ledger_entries e ON e.booking_id = b.id AND e.account = 'host_payable'"
        " WHERE b.state IN ('completed', 'no_show', 'canceled')"
        " GROUP BY b.id HAVING sum < -" BY_HAND(
            "b.id") " AND NOT EXISTS (SELECT 1 FROM transfers t"
                    "  WHERE t.booking_id = b.id AND t.state IN ('scheduled', 'held', "
                    "'failed'))"
                    " AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.booking_id = "
                    "b.id"
                    "  AND d.closed_at IS NULL)" },
    { TRUTH_AT_REST, "our books say what Stripe's balance says",
        "SELECT * FROM (SELECT (SELECT COALESCE(SUM(balance_cents), 0) FROM "
        "ledger_totals"
        "  WHERE account IN ('stripe', 'stripe_fees', 'bank')) AS ours,"
        " (SELECT COALESCE(SUM(amount_cents), 0) FROM st.totals"
        "  WHERE party IN ('platform', 'fees') AND currency = 'usd') AS stripes)"
        " WHERE ours <> stripes" },
    { TRUTH_AT_REST, "no money is lost inside the sandbox",
        "SELECT currency, SUM(amount_cents) AS sum FROM st.ledger GROUP BY currency"
        " HAVING sum <> 0" },

    /* ---- at the end ---- */
    { TRUTH_AT_END, "no booking still waits for its time",
        "SELECT id, state FROM bookings"
        " WHERE state IN ('requested', 'held', 'confirmed', 'active')" },
    { TRUTH_AT_END,
        "every host has been paid for every booking, but what was taken back by hand",
        "SELECT booking_id, SUM(amount_cents) AS sum FROM ledger_entries e"
        " WHERE account = 'host_payable' GROUP BY booking_id HAVING sum > 0"
        " OR sum < -" BY_HAND("e.booking_id") },
    { TRUTH_AT_END, "what was taken back by hand and is owed is on people's list",
        "SELECT booking_id, SUM(amount_cents) AS sum FROM ledger_entries e"
        " WHERE account = 'host_payable' GROUP BY booking_id HAVING sum < 0"
        " AND NOT EXISTS (SELECT 1 FROM differences d WHERE d.kind = 'unscheduled'"
        "  AND d.booking_id = e.booking_id AND d.closed_at IS NULL)" },
    { TRUTH_AT_END,
        "nothing is still owed to a vendor but what failed and waits for us, or waits "
        "for money at Stripe",
        "SELECT booking_id, SUM(amount_cents) AS sum FROM ledger_entries e"
        " WHERE account = 'refunds_due' GROUP BY booking_id HAVING -sum <>"
        " (SELECT COALESCE(SUM(r.amount_cents), 0) FROM payments p"
        "  JOIN refunds r ON r.payment_id = p.id WHERE p.booking_id = e.booking_id"
        "  AND (r.state = 'failed' OR EXISTS (SELECT 1 FROM st_refunds s"
        "   WHERE s.id = r.refund_id AND s.status = 'pending'"
        "   AND s.movement IS NULL)))" },
    { TRUTH_AT_END, "after reconciling our account at Stripe is what Stripe says",
        "SELECT * FROM (SELECT (SELECT COALESCE(SUM(balance_cents), 0) FROM "
        "ledger_totals"
        "  WHERE account = 'stripe') AS ours,"
        " (SELECT COALESCE(SUM(amount_cents), 0) FROM st.totals"
        "  WHERE party = 'platform' AND currency = 'usd') AS stripes) WHERE ours <> "
        "stripes" },
    { TRUTH_AT_END, "after reconciling only what was taken back by hand differs",
        "SELECT kind, source_id, booking_id, detail FROM differences d"
        " WHERE closed_at IS NULL AND NOT (kind = 'unscheduled' AND " BY_HAND(
            "d.booking_id") " > 0)" },
};

static const char *place = "";

void truth_where(const char *where)
{
    place = where;
}

void truth_check(enum truth_when when)
{
    struct arena *a = arena_new(1024 * 1024);
    for (size_t i = 0; i < COUNT_OF(truths); i++) {
        if (truths[i].when > when)
            continue;
        const char *row = look_row(a, truths[i].sql);
        ck_assert_msg(
            row == NULL, "%snot true: %s: %s", place, truths[i].sentence, row);
    }
    arena_free(a);
}
