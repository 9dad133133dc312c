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
              FROM ledger l WHERE l.booking_id = b.id), 0) AS owed_cents
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE b.host_id = :host_id AND (b.start_at, b.id) > (:after_at, :after_id)
  AND b.state IN ('confirmed', 'active')
ORDER BY b.start_at, b.id LIMIT :max

-- query: earnings_transfers
SELECT t.id, t.booking_id, t.state, t.held_for, t.due_at, t.sent_at, t.offset_cents,
    t.reversed_cents, t.transfer_id, b.timezone, k.title,
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

-- query: earnings_debts
SELECT l.id, l.at, l.booking_id, l.amount_cents, b.timezone, k.title
FROM ledger l
JOIN bookings b ON b.id = l.booking_id
JOIN kitchens k ON k.id = b.kitchen_id
WHERE l.host_id = :host_id AND l.debit = 'host_receivable' AND l.kind = 'receivable'
  AND l.id < :before_id
ORDER BY l.at DESC, l.id DESC LIMIT :max

-- query: earnings_sent
-- By the hour: months begin at whole hours where kitchens stand.
-- sort: what one host was sent in a year
SELECT t.sent_at / 3600 AS hour, b.timezone, SUM(t.amount_cents - t.reversed_cents) AS cents
FROM transfers t JOIN bookings b ON b.id = t.booking_id
WHERE t.host_id = :host_id AND t.sent_at >= :from_at
GROUP BY hour, b.timezone

-- query: earnings_year
SELECT b.id, b.start_at, b.end_at, b.timezone, k.title,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor,
    b.base_cents, b.cleaning_cents, b.base_cents + b.cleaning_cents - b.host_cents AS fee_cents,
    COALESCE((SELECT SUM(r.host_cents) FROM payments p JOIN refunds r ON r.payment_id = p.id
              WHERE p.booking_id = b.id AND p.applied = 1 AND r.state <> 'canceled'), 0)
        AS refunds_cents,
    COALESCE((SELECT SUM(CASE WHEN l.credit = 'host_payable' THEN l.amount_cents
                              WHEN l.debit = 'host_payable' THEN -l.amount_cents ELSE 0 END)
              FROM ledger l WHERE l.booking_id = b.id AND l.kind IN ('charge', 'refund_owed',
                  'refund_withdrawn', 'dispute_lost', 'dispute_late_win')), 0) AS net_cents,
    COALESCE((SELECT GROUP_CONCAT(t.transfer_id, ' ') FROM transfers t WHERE t.booking_id = b.id), '')
        AS transfer_ids,
    (SELECT MAX(t.sent_at) FROM transfers t WHERE t.booking_id = b.id) AS sent_at,
    COALESCE((SELECT SUM(t.reversed_cents) FROM transfers t WHERE t.booking_id = b.id), 0)
        AS reversed_cents,
    COALESCE((SELECT t.state FROM transfers t WHERE t.booking_id = b.id
              ORDER BY t.attempt DESC LIMIT 1), b.state) AS state
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE b.host_id = :host_id AND (b.start_at, b.id) > (:after_at, :after_id)
  AND b.start_at < :to_at
  AND b.confirmed_at IS NOT NULL
ORDER BY b.start_at, b.id LIMIT :max
