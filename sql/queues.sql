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
WHERE f.closed_at IS NULL AND f.kind IN ('warning', 'review')
  AND (f.booking_id, f.source_id) > (:after_id, :after_source)
ORDER BY f.booking_id, f.source_id LIMIT :max

-- query: queues_debts
SELECT h.host_id, h.balance_cents, h.since_at,
    COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host
FROM host_debts h JOIN users u ON u.id = h.host_id
WHERE h.host_id > :after_id ORDER BY h.host_id LIMIT :max
