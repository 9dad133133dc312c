-- query: earnings_upcoming_sum
SELECT COUNT(*) AS n, COALESCE(SUM(
    (SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                     WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
     FROM ledger l WHERE l.booking_id = b.id)), 0) AS cents
FROM bookings b
WHERE b.host_id = :host_id AND b.start_at >= :from_at AND b.state IN ('confirmed', 'active')

-- query: earnings_open_sums
SELECT COUNT(CASE WHEN state = 'scheduled' THEN 1 END) AS scheduled_n,
    COALESCE(SUM(CASE WHEN state = 'scheduled' THEN cents END), 0) AS scheduled_cents,
    COUNT(CASE WHEN state <> 'scheduled' THEN 1 END) AS held_n,
    COALESCE(SUM(CASE WHEN state <> 'scheduled' THEN cents END), 0) AS held_cents,
    COUNT(CASE WHEN held_for = 'account' THEN 1 END) AS account_n,
    COALESCE(SUM(CASE WHEN held_for = 'account' THEN cents END), 0) AS account_cents
FROM (SELECT t.state, t.held_for, CASE WHEN t.claimed_at IS NOT NULL THEN t.amount_cents ELSE
          (SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                           WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
           FROM ledger l WHERE l.booking_id = t.booking_id) END AS cents
      FROM transfers t
      WHERE t.host_id = :host_id AND t.state IN ('scheduled', 'held', 'failed'))

-- query: earnings_upcoming
SELECT b.id, b.start_at, b.end_at, b.state, b.timezone, k.title,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor,
    COALESCE((SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                              WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
              FROM ledger l WHERE l.booking_id = b.id), 0) AS owed_cents,
    COALESCE((SELECT MIN(f.kind) FROM freezes f
              WHERE f.booking_id = b.id AND f.closed_at IS NULL), '') AS frozen
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE b.host_id = :host_id AND (b.start_at, b.id) > (:after_at, :after_id)
  AND b.state IN ('confirmed', 'active')
ORDER BY b.start_at, b.id LIMIT :max

-- query: earnings_transfers
SELECT t.id, t.booking_id, t.state, t.held_for, t.due_at, t.sent_at, t.offset_cents,
    t.reversed_cents, t.transfer_id, b.timezone, k.title,
    COALESCE((SELECT MIN(f.kind) FROM freezes f
              WHERE f.booking_id = t.booking_id AND f.closed_at IS NULL), '') AS frozen,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor,
    CASE WHEN t.claimed_at IS NOT NULL THEN t.amount_cents ELSE
        COALESCE((SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                                  WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
                  FROM ledger l WHERE l.booking_id = t.booking_id), 0) END AS amount_cents
FROM transfers t
JOIN bookings b ON b.id = t.booking_id
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE t.host_id = :host_id AND t.id < :before_id
  AND (t.state = :state OR t.state = :or_state)
  AND t.reversed_cents >= :reversed_min AND (t.sent_at IS NOT NULL) = :sent
ORDER BY t.id DESC LIMIT :max

-- query: earnings_sent
-- By the hour: months begin at whole hours where kitchens stand.
-- sort: what one host was sent in a year
SELECT t.sent_at / 3600 AS hour, b.timezone, SUM(t.amount_cents - t.reversed_cents) AS cents
FROM transfers t JOIN bookings b ON b.id = t.booking_id
WHERE t.host_id = :host_id AND t.sent_at >= :from_at
GROUP BY hour, b.timezone

-- query: earnings_year
-- All amounts from the books, so that they add up: net is base and cleaning less fee,
-- refunds and disputes, and it is sent - reversed + kept - debt + open. An attempt that
-- came to nothing is none.
SELECT b.id, b.start_at, b.end_at, b.timezone, k.title,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor,
    b.base_cents, b.cleaning_cents, b.base_cents + b.cleaning_cents - b.host_cents AS fee_cents,
    (SELECT COALESCE(SUM(CASE WHEN l.kind IN ('refund_owed', 'refund_withdrawn')
                         THEN CASE 'host_payable' WHEN l.debit THEN l.amount_cents
                              WHEN l.credit THEN -l.amount_cents END END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS refunds_cents,
    (SELECT COALESCE(SUM(CASE WHEN l.kind IN ('dispute_lost', 'dispute_late_win')
                         THEN CASE 'host_payable' WHEN l.debit THEN l.amount_cents
                              WHEN l.credit THEN -l.amount_cents END END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS disputes_cents,
    (SELECT COALESCE(SUM(CASE WHEN l.kind IN ('charge', 'refund_owed', 'refund_withdrawn',
                             'dispute_lost', 'dispute_late_win')
                         THEN CASE 'host_payable' WHEN l.debit THEN -l.amount_cents
                              WHEN l.credit THEN l.amount_cents END END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS net_cents,
    (SELECT COALESCE(SUM(CASE l.kind WHEN 'transfer' THEN l.amount_cents END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS sent_cents,
    (SELECT COALESCE(SUM(CASE l.kind WHEN 'reversal' THEN l.amount_cents END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS reversed_cents,
    (SELECT COALESCE(SUM(CASE l.kind WHEN 'offset' THEN l.amount_cents
                         WHEN 'offset_undone' THEN -l.amount_cents END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS kept_cents,
    (SELECT COALESCE(SUM(CASE l.kind WHEN 'receivable' THEN l.amount_cents END), 0)
     FROM ledger l WHERE l.booking_id = b.id) AS debt_cents,
    COALESCE((SELECT GROUP_CONCAT(transfer_id, ' ') FROM (
        SELECT t.transfer_id FROM transfers t WHERE t.booking_id = b.id
        AND t.transfer_id IS NOT NULL ORDER BY t.attempt)), '') AS transfer_ids,
    COALESCE((SELECT GROUP_CONCAT(sent_at, ' ') FROM (
        SELECT t.sent_at FROM transfers t WHERE t.booking_id = b.id
        AND t.transfer_id IS NOT NULL ORDER BY t.attempt)), '') AS sent_ats,
    COALESCE((SELECT t.state FROM transfers t WHERE t.booking_id = b.id
              AND (t.state <> 'reversed' OR t.sent_at IS NOT NULL)
              ORDER BY t.attempt DESC LIMIT 1), b.state) AS state
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE b.host_id = :host_id AND (b.start_at, b.id) > (:after_at, :after_id)
  AND b.start_at < :to_at
  AND b.confirmed_at IS NOT NULL
ORDER BY b.start_at, b.id LIMIT :max
