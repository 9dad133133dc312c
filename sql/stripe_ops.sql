-- query: stripe_ops_add
INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, path, body, state,
    first_sent_at, next_at, lease_until, tries, created_at)
VALUES (:uid, :kind, :subject_uid, :attempt, :idem_key, :path, :body, :state,
    :first_sent_at, :now_at, :lease_until, :tries, :now_at)

-- query: stripe_ops_newest
SELECT uid, kind, subject_uid, attempt, idem_key, path, body, state, tries, first_sent_at,
    lost
FROM stripe_ops WHERE kind = :kind AND subject_uid = :subject_uid
ORDER BY attempt DESC LIMIT 1

-- query: stripe_ops_get
SELECT uid, kind, subject_uid, attempt, idem_key, path, body, state, tries, first_sent_at,
    lost
FROM stripe_ops WHERE uid = :uid

-- query: stripe_ops_due
SELECT uid AS id FROM stripe_ops
WHERE state IN ('queued', 'sending', 'unknown') AND next_at <= :now_at AND lease_until <= :now_at
ORDER BY next_at LIMIT :max

-- query: stripe_ops_lease
UPDATE stripe_ops SET state = 'sending', lease_until = :lease_until, tries = tries + 1,
    first_sent_at = COALESCE(first_sent_at, :now_at)
WHERE uid = :uid AND state IN ('queued', 'sending', 'unknown')
  AND next_at <= :now_at AND lease_until <= :now_at

-- query: stripe_ops_settle
-- A refusal of our key is no try; of the only one it says that nothing was sent.
UPDATE stripe_ops SET state = :state, next_at = :next_at, lease_until = 0,
    lost = :lost, tries = tries - :uncounted,
    first_sent_at = CASE WHEN :uncounted = 1 AND tries = 1 THEN NULL ELSE first_sent_at END,
    http_status = :http_status, err_code = :err_code, err_message = :err_message,
    stripe_request_id = :stripe_request_id, object_id = :object_id
WHERE uid = :uid AND state IN ('queued', 'sending', 'unknown')

-- query: stripe_ops_withdraw
UPDATE stripe_ops SET state = 'rejected', err_code = 'withdrawn'
WHERE kind = :kind AND subject_uid = :subject_uid AND attempt = :attempt
  AND state = 'queued' AND first_sent_at IS NULL

-- query: stripe_ops_reopen
UPDATE stripe_ops SET state = 'unknown', lost = 1, next_at = :now_at, lease_until = 0
WHERE uid = :uid AND state = 'review'

-- query: stripe_ops_hurry
UPDATE stripe_ops SET next_at = :now_at
WHERE uid = :uid AND state IN ('queued', 'sending', 'unknown')

-- query: stripe_ops_stuck
-- What waits for a person, and what has been open for long, with the booking that it is
-- about.
-- scan: an index of those only that are open
-- sort: the few that are open
SELECT o.uid, o.kind, o.subject_uid, o.state, o.created_at, o.tries, o.http_status,
    o.err_message, o.stripe_request_id,
    COALESCE(
        (SELECT p.booking_id FROM payments p WHERE p.uid = o.subject_uid),
        (SELECT p.booking_id FROM refunds r JOIN payments p ON p.id = r.payment_id
         WHERE r.uid = o.subject_uid),
        (SELECT t.booking_id FROM transfers t WHERE t.uid = o.subject_uid),
        (SELECT t.booking_id FROM reversals v JOIN transfers t ON t.id = v.transfer
         WHERE v.uid = o.subject_uid),
        (SELECT d.booking_id FROM dispute_evidence e JOIN disputes d ON d.dispute_id = e.dispute_id
         WHERE e.uid = o.subject_uid), 0) AS booking_id
FROM (SELECT * FROM stripe_ops WHERE state = 'review'
      UNION ALL
      SELECT * FROM stripe_ops
      WHERE state IN ('queued', 'sending', 'unknown') AND created_at < :before_at) o
WHERE (o.created_at, o.uid) > (:after_at, :after_uid)
ORDER BY o.created_at, o.uid LIMIT :max
