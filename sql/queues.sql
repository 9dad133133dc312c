-- query: queues_counts
-- scan: indexes of those only that wait
SELECT
    (SELECT COUNT(*) FROM disputes
     WHERE closed_at IS NULL AND status IN ('needs_response', 'warning_needs_response',
         'appeal_needs_response')) AS disputes,
    (SELECT COUNT(*) FROM refunds WHERE state = 'failed') AS refunds,
    (SELECT COUNT(*) FROM transfers WHERE state = 'failed') AS transfers,
    (SELECT COUNT(*) FROM freezes
     WHERE closed_at IS NULL AND kind IN ('warning', 'review')) AS warnings,
    (SELECT COUNT(*) FROM stripe_ops WHERE state = 'review') +
    (SELECT COUNT(*) FROM stripe_ops
     WHERE state IN ('queued', 'sending', 'unknown') AND created_at < :stuck_at) AS calls,
    (SELECT COUNT(*) FROM ledger_totals
     WHERE account = 'host_receivable' AND balance_cents > 0) AS debts,
    (SELECT COUNT(*) FROM differences WHERE closed_at IS NULL) AS differences

-- query: queues_warnings
SELECT f.source_id, f.kind, f.booking_id, f.opened_at, b.total_cents, k.title,
    v.full_name AS vendor
FROM freezes f
JOIN bookings b ON b.id = f.booking_id
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
WHERE f.closed_at IS NULL AND f.kind IN ('warning', 'review') AND f.booking_id > :after_id
ORDER BY f.booking_id LIMIT :max

-- query: queues_debts
SELECT t.host_id, t.balance_cents, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host,
    COALESCE((SELECT at FROM (
        SELECT l.at, SUM(l.amount_cents) OVER (ORDER BY l.at DESC, l.id DESC) AS sum_cents
        FROM ledger l WHERE l.host_id = t.host_id AND l.debit = 'host_receivable')
     WHERE sum_cents >= t.balance_cents LIMIT 1), 0) AS since_at
FROM ledger_totals t JOIN users u ON u.id = t.host_id
WHERE t.account = 'host_receivable' AND t.balance_cents > 0 AND t.host_id > :after_id
ORDER BY t.host_id LIMIT :max
