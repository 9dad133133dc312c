-- Rows of label and value for /metrics (src/domain/metrics.c).

-- query: metrics_job_successes
-- scan: a handful of rows
SELECT name AS label, last_ok_at AS value FROM jobs

-- query: metrics_jobs_done
-- scan: a handful of rows
SELECT name AS label, done AS value FROM jobs

-- query: metrics_jobs_failing
-- scan: a handful of rows
SELECT name AS label, last_error <> '' AS value FROM jobs

-- query: metrics_stripe_ops
-- scan: an index of states, and one of the few that are open, some times a minute
-- sort: the few that are open
SELECT state AS label, COUNT(*) AS value FROM stripe_ops
WHERE state IN ('done', 'rejected', 'review') GROUP BY state
UNION ALL
SELECT state, COUNT(*) FROM stripe_ops
WHERE state IN ('queued', 'sending', 'unknown') GROUP BY state

-- query: metrics_events_waiting
-- scan: an index of those only that wait
SELECT '' AS label, COUNT(*) AS value FROM stripe_events WHERE processed_at IS NULL

-- query: metrics_outbox
-- scan: an index of states only, some times a minute
SELECT state AS label, COUNT(*) AS value FROM outbox GROUP BY state

-- query: metrics_bookings
-- scan: an index of states only, some times a minute
SELECT state AS label, COUNT(*) AS value FROM bookings GROUP BY state

-- query: metrics_money_waiting
-- scan: indexes of those only that wait
SELECT 'differences' AS label, COUNT(*) AS value FROM differences WHERE closed_at IS NULL
UNION ALL
SELECT 'disputes', COUNT(*) FROM disputes WHERE closed_at IS NULL
UNION ALL
SELECT 'failed_refunds', COUNT(*) FROM refunds WHERE state = 'failed'
UNION ALL
SELECT 'failed_transfers', COUNT(*) FROM transfers WHERE state = 'failed'
UNION ALL
SELECT 'held_transfers', COUNT(*) FROM transfers WHERE state = 'held'
UNION ALL
SELECT 'warnings', COUNT(*) FROM freezes WHERE closed_at IS NULL AND kind IN ('warning', 'review')
UNION ALL
SELECT 'debts', COUNT(*) FROM ledger_totals WHERE account = 'host_receivable' AND balance_cents > 0

-- query: metrics_job_cursors
SELECT name AS label, cursor_at AS value FROM jobs WHERE name IN ('reconcile', 'sweep')

-- query: metrics_stripe_refused
SELECT '' AS label, COUNT(*) AS value FROM claims WHERE scope = 'stripe-refused' AND key = ''

-- query: metrics_ledger
-- scan: an account a row, and one for each host with money under way
SELECT account AS label, SUM(balance_cents) AS value FROM ledger_totals GROUP BY account
