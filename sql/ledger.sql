-- query: ledger_post
INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, booking_id, host_id)
VALUES (:at, :kind, :source_id, :debit, :credit, :amount_cents, :booking_id, :host_id)

-- query: ledger_balance
-- Of one account for one booking: debits less credits.
SELECT COALESCE(SUM(CASE WHEN debit = :account THEN amount_cents
                         WHEN credit = :account THEN -amount_cents ELSE 0 END), 0) AS balance
FROM ledger WHERE booking_id = :booking_id

-- query: ledger_entitled
-- What each of some bookings owes its host in all, whatever was sent: the charge less refunds
-- and lost disputes; NULL where nothing was charged. SQLite only (json_each).
SELECT (SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                        WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
        FROM ledger l
        WHERE l.booking_id = j.value AND l.kind IN ('charge', 'refund_owed', 'refund_withdrawn',
            'dispute_lost', 'dispute_late_win')) AS cents
FROM json_each(:booking_ids) j

-- query: ledger_paid
-- What the vendor of each has paid in all: the charge less refunds, as decided, and what his bank
-- gave him back; NULL where nothing was charged. SQLite only (json_each).
SELECT (SELECT SUM(CASE WHEN l.credit IN ('host_payable', 'revenue', 'tax', 'dispute_loss')
                        THEN l.amount_cents
                        WHEN l.debit IN ('host_payable', 'revenue', 'tax', 'dispute_loss')
                        THEN -l.amount_cents ELSE 0 END)
        FROM ledger l
        WHERE l.booking_id = j.value AND l.kind IN ('charge', 'refund_owed', 'refund_withdrawn',
            'dispute_lost', 'dispute_late_win')) AS cents
FROM json_each(:booking_ids) j

-- query: ledger_of_booking
SELECT id, at, kind, source_id, debit, credit, amount_cents, booking_id, host_id
FROM ledger WHERE booking_id = :booking_id ORDER BY id LIMIT :max

-- query: ledger_page
SELECT id, at, kind, source_id, debit, credit, amount_cents, booking_id, host_id
FROM ledger WHERE id < :before_id ORDER BY id DESC LIMIT :max

-- query: ledger_total
SELECT balance_cents FROM ledger_totals WHERE account = :account AND host_id = :host_id

-- query: ledger_totals
-- scan: an account a row, and one for each host with money under way
SELECT account, SUM(balance_cents) AS balance FROM ledger_totals GROUP BY account
