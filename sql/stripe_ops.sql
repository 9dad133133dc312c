-- query: stripe_ops_add
INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, path, body, state,
    first_sent_at, next_at, lease_until, tries, created_at)
VALUES (:uid, :kind, :subject_uid, :attempt, :idem_key, :path, :body, :state,
    :first_sent_at, :now_at, :lease_until, :tries, :now_at)

-- query: stripe_ops_newest
SELECT uid, kind, subject_uid, attempt, idem_key, path, body, state, tries, first_sent_at
FROM stripe_ops WHERE kind = :kind AND subject_uid = :subject_uid
ORDER BY attempt DESC LIMIT 1

-- query: stripe_ops_get
SELECT uid, kind, subject_uid, attempt, idem_key, path, body, state, tries, first_sent_at
FROM stripe_ops WHERE uid = :uid

-- query: stripe_ops_due
SELECT uid FROM stripe_ops
WHERE state IN ('queued', 'sending', 'unknown') AND next_at <= :now_at AND lease_until <= :now_at
ORDER BY next_at LIMIT :max

-- query: stripe_ops_lease
UPDATE stripe_ops SET state = 'sending', lease_until = :lease_until, tries = tries + 1,
    first_sent_at = COALESCE(first_sent_at, :now_at)
WHERE uid = :uid AND state IN ('queued', 'sending', 'unknown')
  AND next_at <= :now_at AND lease_until <= :now_at

-- query: stripe_ops_settle
UPDATE stripe_ops SET state = :state, next_at = :next_at, lease_until = 0,
    http_status = :http_status, err_code = :err_code, err_message = :err_message,
    stripe_request_id = :stripe_request_id, object_id = :object_id
WHERE uid = :uid AND state IN ('queued', 'sending', 'unknown')

-- query: stripe_ops_withdraw
UPDATE stripe_ops SET state = 'rejected', err_code = 'withdrawn'
WHERE kind = :kind AND subject_uid = :subject_uid AND attempt = :attempt
  AND state = 'queued' AND first_sent_at IS NULL
