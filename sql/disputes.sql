-- query: disputes_get
SELECT * FROM disputes WHERE dispute_id = :dispute_id

-- query: disputes_of_booking
SELECT * FROM disputes WHERE booking_id = :booking_id ORDER BY opened_at LIMIT :max

-- query: disputes_open
-- By when an answer is due; those that want none last.
-- scan: an index of those only that are open
-- sort: the few that are open
SELECT * FROM disputes
WHERE closed_at IS NULL
  AND (due_by = 0, due_by, dispute_id) > (:after_due = 0, :after_due, :after_id)
ORDER BY due_by = 0, due_by, dispute_id LIMIT :max

-- query: disputes_add
INSERT INTO disputes (dispute_id, payment_id, booking_id, amount_cents, status, reason, host_cents,
    opened_at, updated_at)
VALUES (:dispute_id, :payment_id, :booking_id, :amount_cents, '', :reason, :host_cents,
    :opened_at, :now_at)

-- query: disputes_set
UPDATE disputes SET status = :status, amount_cents = :amount_cents, reason = :reason,
    due_by = :due_by, submissions = :submissions, updated_at = :now_at,
    closed_at = CASE WHEN :open THEN NULL ELSE COALESCE(closed_at, :now_at) END
WHERE dispute_id = :dispute_id

-- query: disputes_set_lost
UPDATE disputes SET lost = :lost, host_cents = :host_cents
WHERE dispute_id = :dispute_id AND lost <> :lost

-- query: disputes_is_posted
-- The fee of the same movement may be there before.
SELECT COUNT(*) AS posted FROM ledger
WHERE source_id = :source_id AND kind IN ('dispute_withdrawn', 'dispute_reinstated')

-- query: disputes_add_evidence
INSERT INTO dispute_evidence (uid, dispute_id, text, author_id, state, created_at)
VALUES (:uid, :dispute_id, :text, :author_id, 'queued', :now_at)

-- query: disputes_evidence
SELECT e.uid, e.text, e.state, e.error, e.created_at, u.full_name AS author
FROM dispute_evidence e JOIN users u ON u.id = e.author_id
WHERE e.dispute_id = :dispute_id ORDER BY e.created_at LIMIT :max

-- query: disputes_set_evidence
UPDATE dispute_evidence SET state = :state, error = :error WHERE uid = :uid AND state = 'queued'

-- query: disputes_of_evidence
SELECT dispute_id FROM dispute_evidence WHERE uid = :uid

-- query: disputes_touch
UPDATE disputes SET updated_at = :now_at WHERE dispute_id = :dispute_id

-- query: disputes_stale
-- scan: an index of those only that are open
-- sort: the few that are open
SELECT dispute_id AS id FROM disputes WHERE closed_at IS NULL AND updated_at < :before_at
ORDER BY updated_at LIMIT :max
