-- What staff is told of because time has passed. A claim says that they were.

-- query: alerts_disputes
SELECT d.dispute_id AS id FROM disputes d
WHERE d.closed_at IS NULL AND d.due_by > :now_at AND d.due_by <= :until_at
  AND d.status IN ('needs_response', 'warning_needs_response', 'appeal_needs_response')
  AND d.submissions = 0
  AND NOT EXISTS (SELECT 1 FROM dispute_evidence e
                  WHERE e.dispute_id = d.dispute_id AND e.state IN ('queued', 'sent'))
  AND NOT EXISTS (SELECT 1 FROM claims
                  WHERE scope = 'dispute-due' AND key = d.dispute_id || ':' || d.due_by)
ORDER BY d.due_by LIMIT :max

-- query: alerts_debts
SELECT h.host_id, h.balance_cents, h.since_at,
    COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host
FROM host_debts h JOIN users u ON u.id = h.host_id
WHERE h.since_at <= :before_at
  AND NOT EXISTS (SELECT 1 FROM claims
                  WHERE scope = 'debt-old' AND key = h.host_id || ':' || h.since_at)
ORDER BY h.host_id LIMIT :max
