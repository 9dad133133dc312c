-- query: debts_of_host
-- What a host came to owe, the newest first; before_cents: what he came to owe earlier.
SELECT l.id, l.at, l.booking_id, l.amount_cents, b.timezone, k.title,
    COALESCE((SELECT SUM(e.amount_cents) FROM ledger e WHERE e.host_id = l.host_id
              AND e.debit = 'host_receivable' AND e.kind = 'receivable' AND e.id < l.id), 0)
        AS before_cents
FROM ledger l
JOIN bookings b ON b.id = l.booking_id
JOIN kitchens k ON k.id = b.kitchen_id
WHERE l.host_id = :host_id AND l.debit = 'host_receivable' AND l.kind = 'receivable'
  AND l.id < :before_id
ORDER BY l.at DESC, l.id DESC LIMIT :max

-- query: debts_of_booking
-- Those of one booking; before_cents counts all of its host's.
SELECT l.id, l.at, l.booking_id, l.amount_cents, b.timezone, k.title,
    COALESCE((SELECT SUM(e.amount_cents) FROM ledger e WHERE e.host_id = l.host_id
              AND e.debit = 'host_receivable' AND e.kind = 'receivable' AND e.id < l.id), 0)
        AS before_cents
FROM ledger l
JOIN bookings b ON b.id = l.booking_id
JOIN kitchens k ON k.id = b.kitchen_id
WHERE l.booking_id = :booking_id AND l.debit = 'host_receivable' AND l.kind = 'receivable'
ORDER BY l.id DESC LIMIT :max

-- query: debts_sum
SELECT COALESCE(SUM(amount_cents), 0) AS cents FROM ledger
WHERE host_id = :host_id AND debit = 'host_receivable' AND kind = 'receivable'

-- query: debts_payers
-- The transfers that something was kept from, in the order in which they paid.
-- sort: the few of one host
SELECT booking_id, offset_cents FROM transfers
WHERE host_id = :host_id AND offset_cents > 0 ORDER BY claimed_at, id
