-- query: payments_live
SELECT * FROM payments
WHERE booking_id = :booking_id AND state IN ('pending', 'processing', 'succeeded')

-- query: payments_newest
SELECT * FROM payments WHERE booking_id = :booking_id ORDER BY attempt DESC LIMIT 1

-- query: payments_by_uid
SELECT * FROM payments WHERE uid = :uid

-- query: payments_by_intent
SELECT * FROM payments WHERE payment_intent_id = :intent_id

-- query: payments_by_session
SELECT * FROM payments WHERE checkout_session_id = :session_id

-- query: payments_by_attempt
SELECT p.* FROM bookings b JOIN payments p ON p.booking_id = b.id
WHERE b.uid = :booking_uid AND p.attempt = :attempt

-- query: payments_stale
SELECT uid FROM payments
WHERE state IN ('pending', 'processing') AND updated_at < :before_at
ORDER BY updated_at LIMIT :max

-- query: payments_touch
UPDATE payments SET updated_at = :now_at WHERE id = :id

-- query: payments_add
INSERT INTO payments (uid, booking_id, attempt, mode, state, amount_cents, currency,
    created_at, updated_at)
VALUES (:uid, :booking_id, :attempt, :mode, 'pending', :amount_cents, :currency,
    :now_at, :now_at)

-- query: payments_set_intent
UPDATE payments SET payment_intent_id = :intent_id,
    client_secret = CASE WHEN mode = 'pi' AND state IN ('pending', 'processing')
                         THEN :client_secret ELSE '' END,
    updated_at = :now_at
WHERE id = :id AND (payment_intent_id IS NULL OR payment_intent_id = :intent_id)

-- query: payments_set_session
UPDATE payments SET checkout_session_id = :session_id,
    hosted_url = CASE WHEN state = 'pending' THEN :hosted_url ELSE '' END, updated_at = :now_at
WHERE id = :id AND (checkout_session_id IS NULL OR checkout_session_id = :session_id)

-- query: payments_set_error
UPDATE payments SET error = :error, updated_at = :now_at
WHERE id = :id AND state IN ('pending', 'processing')

-- query: payments_set_processing
UPDATE payments SET state = 'processing', error = '', updated_at = :now_at
WHERE id = :id AND state = 'pending'

-- query: payments_set_ended
UPDATE payments SET state = :state, error = :error, client_secret = '', hosted_url = '',
    updated_at = :now_at
WHERE id = :id AND state IN ('pending', 'processing')

-- query: payments_set_paid
UPDATE payments SET state = :state, charge_id = :charge_id, error = '', client_secret = '',
    hosted_url = '', updated_at = :now_at
WHERE id = :id AND state IN ('pending', 'processing', 'failed', 'canceled')

-- query: payments_add_refund
INSERT INTO refunds (uid, payment_id, amount_cents, state, reason, created_at, updated_at)
VALUES (:uid, :payment_id, :amount_cents, 'queued', :reason, :now_at, :now_at)

-- query: payments_refund_by_uid
SELECT r.id, r.state, r.amount_cents, r.payment_id, p.booking_id
FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.uid = :uid

-- query: payments_set_refund
UPDATE refunds SET refund_id = :refund_id, state = :state, updated_at = :now_at
WHERE id = :id AND state <> :state

-- query: payments_sum_refunds
SELECT COALESCE(SUM(amount_cents), 0) AS refunded FROM refunds
WHERE payment_id = :payment_id AND state IN ('pending', 'succeeded')

-- query: payments_set_refunded
UPDATE payments SET refunded_cents = :refunded_cents,
    state = CASE WHEN :refunded_cents = amount_cents THEN 'refunded'
                 WHEN state = 'refunded' THEN 'late' -- it failed after all: still to go back
                 ELSE state END,
    updated_at = :now_at
WHERE id = :payment_id AND state IN ('succeeded', 'late', 'refunded')
