-- query: payments_live
SELECT * FROM payments
WHERE booking_id = :booking_id AND state IN ('pending', 'processing', 'succeeded')

-- query: payments_newest
SELECT * FROM payments WHERE booking_id = :booking_id ORDER BY attempt DESC LIMIT 1

-- query: payments_paid
SELECT * FROM payments WHERE booking_id = :booking_id AND applied = 1

-- query: payments_of_booking
SELECT * FROM payments WHERE booking_id = :booking_id ORDER BY attempt LIMIT :max

-- query: payments_by_id
SELECT * FROM payments WHERE id = :id

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
SELECT uid AS id FROM payments
WHERE state IN ('pending', 'processing') AND updated_at < :before_at
ORDER BY updated_at LIMIT :max

-- query: payments_touch
UPDATE payments SET updated_at = :now_at WHERE id = :id

-- query: payments_add
INSERT INTO payments (uid, booking_id, attempt, mode, state, amount_cents, currency,
    created_at, updated_at)
VALUES (:uid, :booking_id, :attempt, :mode, 'pending', :amount_cents, :currency,
    :now_at, :now_at)

-- query: payments_add_lost
-- One whose row was lost with a restored backup, as its intent tells of it.
INSERT INTO payments (uid, booking_id, attempt, mode, state, amount_cents, currency,
    payment_intent_id, created_at, updated_at)
VALUES (:uid, :booking_id, :attempt, 'pi', 'canceled', :amount_cents, :currency, :intent_id,
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
UPDATE payments SET state = :state, applied = :applied, charge_id = :charge_id, error = '',
    client_secret = '', hosted_url = '', updated_at = :now_at
WHERE id = :id AND state IN ('pending', 'processing', 'failed', 'canceled')
