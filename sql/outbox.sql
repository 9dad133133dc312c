-- query: outbox_add
INSERT INTO outbox (uid, kind, user_id, dedupe, fields, next_at, created_at)
VALUES (:uid, :kind, :user_id, :dedupe, :fields, :now_at, :now_at)
ON CONFLICT (dedupe) DO NOTHING

-- query: outbox_due
SELECT o.id, o.uid, o.kind, u.email, u.full_name, o.fields, o.tries, o.created_at
FROM outbox o JOIN users u ON u.id = o.user_id
WHERE o.state = 'queued' AND o.next_at <= :now_at AND o.lease_until < :now_at
ORDER BY o.next_at, o.id LIMIT :max

-- query: outbox_lease
UPDATE outbox SET lease_until = :lease_until
WHERE id IN (SELECT id FROM outbox
             WHERE state = 'queued' AND next_at <= :now_at AND lease_until < :now_at
             ORDER BY next_at, id LIMIT :max)

-- query: outbox_sent
-- What it said is forgotten: it may hold a link that opens an account.
UPDATE outbox SET state = 'sent', sent_at = :now_at, lease_until = 0, tries = tries + 1, error = '',
    fields = '{}'
WHERE id = :id AND state = 'queued'

-- query: outbox_failed
UPDATE outbox SET
    tries = tries + 1, lease_until = 0, error = :error,
    state = CASE WHEN tries + 1 >= :tries_max THEN 'failed' ELSE 'queued' END,
    next_at = :now_at + CASE WHEN (:pause_first_s << MIN(tries, 16)) > :pause_max_s
                             THEN :pause_max_s ELSE (:pause_first_s << MIN(tries, 16)) END
WHERE id = :id AND state = 'queued'

-- query: outbox_page
SELECT o.id, o.kind, u.email, o.state, o.tries, o.error, o.created_at, o.next_at, o.sent_at
FROM outbox o JOIN users u ON u.id = o.user_id
WHERE o.state = :state AND o.id < :before_id ORDER BY o.id DESC LIMIT :max
