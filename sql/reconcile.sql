-- query: reconcile_keep
INSERT INTO balance_transactions (transaction_id, type, class, source_key, amount_cents, fee_cents,
    created)
VALUES (:transaction_id, :type, :class, :source_key, :amount_cents, :fee_cents, :created)
ON CONFLICT (transaction_id) DO NOTHING

-- query: reconcile_theirs
-- Each thing that Stripe moved money for, and what the ledger says of it. Fees and payouts
-- are in the ledger because they are here.
SELECT t.class, t.source_key, MAX(t.type) AS type, MAX(t.created) AS created,
    SUM(t.amount_cents) AS theirs,
    COALESCE((SELECT SUM(l.amount_cents) FROM ledger_at_stripe l
              WHERE l.source_id = t.source_key AND l.class = t.class), 0) AS ours,
    EXISTS (SELECT 1 FROM ledger_at_stripe l
            WHERE l.source_id = t.source_key AND l.class = t.class) AS known,
    (SELECT MAX(l.booking_id) FROM ledger l WHERE l.source_id = t.source_key) AS booking_id
FROM balance_transactions t
WHERE (t.class, t.source_key) > (:class, :key) AND t.class NOT IN ('stripe_fee', 'payout')
GROUP BY t.class, t.source_key ORDER BY t.class, t.source_key LIMIT :max

-- query: reconcile_ours
SELECT l.id, l.class, l.source_id, l.booking_id,
    (SELECT SUM(x.amount_cents) FROM ledger_at_stripe x
     WHERE x.source_id = l.source_id AND x.class = l.class) AS amount,
    EXISTS (SELECT 1 FROM balance_transactions t
            WHERE t.class = l.class AND t.source_key = l.source_id) AS known
FROM ledger_at_stripe l
WHERE l.id > :after_id AND l.at < :before_at AND l.class NOT IN ('stripe_fee', 'payout')
ORDER BY l.id LIMIT :max

-- query: reconcile_horizon
-- scan: from the newest movement back to the first that is old enough
SELECT id FROM ledger WHERE at < :before_at ORDER BY id DESC LIMIT 1

-- query: reconcile_fresh_theirs
SELECT COALESCE(SUM(t.amount_cents
    - COALESCE((SELECT SUM(l.amount_cents) FROM ledger_at_stripe l
                WHERE l.source_id = t.source_key AND l.class = t.class), 0)), 0) AS cents
FROM balance_transactions t
WHERE t.created >= :since AND t.class NOT IN ('stripe_fee', 'payout', 'unknown')

-- query: reconcile_fresh_ours
SELECT COALESCE(SUM(l.amount_cents), 0) AS cents
FROM ledger_at_stripe l
WHERE l.id > :since AND l.class NOT IN ('stripe_fee', 'payout')
  AND NOT EXISTS (SELECT 1 FROM balance_transactions t
                  WHERE t.class = l.class AND t.source_key = l.source_id)

-- query: reconcile_bookings
-- OVER: only a transfer is still to come. STRAY: money that belongs to no booking.
SELECT b.id, b.uid, b.state, b.updated_at, b.total_cents,
    b.state IN ('confirmed', 'active', 'completed', 'no_show') AS live,
    b.state IN ('completed', 'no_show', 'canceled') AS over,
    COALESCE((SELECT SUM(CASE 'host_payable' WHEN l.credit THEN l.amount_cents
                                             WHEN l.debit THEN -l.amount_cents ELSE 0 END)
              FROM ledger l WHERE l.booking_id = b.id), 0) AS owed,
    EXISTS (SELECT 1 FROM transfers t
            WHERE t.booking_id = b.id AND t.state IN ('scheduled', 'held', 'failed')) AS under_way,
    EXISTS (SELECT 1 FROM freezes f
            WHERE f.booking_id = b.id AND f.closed_at IS NULL) AS frozen,
    EXISTS (SELECT 1 FROM payments p
            WHERE p.booking_id = b.id AND p.state IN ('succeeded', 'refunded')) AS paid,
    EXISTS (SELECT 1 FROM payments p
            WHERE p.booking_id = b.id
              AND (p.state = 'late' OR p.state = 'succeeded' AND b.confirmed_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM refunds r
                              WHERE r.payment_id = p.id AND r.state <> 'canceled')) AS stray
FROM bookings b WHERE b.id > :after_id ORDER BY b.id LIMIT :max
