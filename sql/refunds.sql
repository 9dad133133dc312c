-- query: refunds_add
INSERT INTO refunds (uid, payment_id, amount_cents, host_cents, tax_cents, kind, state, reason,
    created_at, updated_at)
VALUES (:uid, :payment_id, :amount_cents, :host_cents, :tax_cents, :kind, 'queued', :reason,
    :now_at, :now_at)

-- query: refunds_by_uid
SELECT r.*, p.booking_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.uid = :uid

-- query: refunds_by_refund
SELECT r.*, p.booking_id FROM refunds r JOIN payments p ON p.id = r.payment_id
WHERE r.refund_id = :refund_id

-- query: refunds_get
SELECT r.*, p.booking_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = :id

-- query: refunds_of_booking
-- sort: the few refunds of a booking
SELECT r.*, p.booking_id FROM payments p JOIN refunds r ON r.payment_id = p.id
WHERE p.booking_id = :booking_id ORDER BY r.id LIMIT :max

-- query: refunds_failed
SELECT r.*, p.booking_id FROM refunds r JOIN payments p ON p.id = r.payment_id
WHERE r.state = 'failed' AND r.id > :after_id ORDER BY r.id LIMIT :max

-- query: refunds_sums
-- All that was decided and not given up, and what a bank took for good.
SELECT COALESCE(SUM(amount_cents), 0) + (SELECT COALESCE(SUM(d.amount_cents), 0)
           FROM disputes d WHERE d.payment_id = :payment_id AND d.lost = 1) AS amount,
       COALESCE(SUM(host_cents), 0) + (SELECT COALESCE(SUM(d.host_cents), 0)
           FROM disputes d WHERE d.payment_id = :payment_id AND d.lost = 1) AS host,
       COALESCE(SUM(tax_cents), 0) AS tax
FROM refunds WHERE payment_id = :payment_id AND state <> 'canceled'

-- query: refunds_set
UPDATE refunds SET refund_id = :refund_id, state = :state, error = :error, updated_at = :now_at
WHERE id = :id AND state = :from_state

-- query: refunds_is_posted
SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = :kind AND source_id = :refund_id) AS posted

-- query: refunds_sum_paid
SELECT COALESCE(SUM(amount_cents), 0) AS refunded FROM refunds
WHERE payment_id = :payment_id AND state IN ('pending', 'succeeded')

-- query: refunds_set_refunded
UPDATE payments SET refunded_cents = :refunded_cents,
    state = CASE WHEN :refunded_cents = amount_cents THEN 'refunded'
                 WHEN state <> 'refunded' THEN state
                 WHEN applied = 1 THEN 'succeeded' -- it failed after all: still to go back
                 ELSE 'late' END,
    updated_at = :now_at
WHERE id = :payment_id AND state IN ('succeeded', 'late', 'refunded')
