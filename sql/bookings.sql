-- query: bookings_get
SELECT * FROM booking_rows WHERE id = :id

-- query: bookings_by_uid
SELECT * FROM booking_rows WHERE uid = :uid

-- query: bookings_begun
SELECT id FROM bookings WHERE state = 'confirmed' AND start_at <= :now_at ORDER BY start_at LIMIT :max

-- query: bookings_over
SELECT id FROM bookings WHERE state = 'active' AND end_at <= :now_at ORDER BY end_at LIMIT :max

-- query: bookings_unreminded
SELECT b.id FROM bookings b
WHERE b.state = 'confirmed' AND b.start_at > :now_at AND b.start_at <= :until_at
  AND b.confirmed_at <= b.start_at - :fresh_s
  AND NOT EXISTS (SELECT 1 FROM claims c
                  WHERE c.scope = 'reminder' AND c.key = CAST(b.id AS TEXT))
ORDER BY b.start_at LIMIT :max

-- query: bookings_set_canceled
UPDATE bookings SET canceled_by = :canceled_by WHERE id = :id AND state = 'canceled'

-- query: bookings_set_disputed
UPDATE bookings SET disputed = EXISTS (SELECT 1 FROM freezes
    WHERE booking_id = :booking_id AND kind = 'dispute' AND closed_at IS NULL)
WHERE id = :booking_id

-- query: bookings_of_vendor_upcoming
SELECT * FROM booking_rows
WHERE vendor_id = :user_id AND (start_at, id) > (:after_at, :after_id)
  AND end_at > :now_at AND state IN ('requested', 'held', 'confirmed', 'active')
ORDER BY start_at, id LIMIT :max

-- query: bookings_of_vendor_past
SELECT * FROM booking_rows
WHERE vendor_id = :user_id AND (start_at, id) < (:after_at, :after_id)
  AND NOT (end_at > :now_at AND state IN ('requested', 'held', 'confirmed', 'active'))
ORDER BY start_at DESC, id DESC LIMIT :max

-- query: bookings_of_host_upcoming
SELECT * FROM booking_rows
WHERE host_id = :user_id AND (start_at, id) > (:after_at, :after_id)
  AND end_at > :now_at AND state IN ('confirmed', 'active')
ORDER BY start_at, id LIMIT :max

-- query: bookings_of_host_past
SELECT * FROM booking_rows
WHERE host_id = :user_id AND (start_at, id) < (:after_at, :after_id)
  AND confirmed_at IS NOT NULL AND NOT (end_at > :now_at AND state IN ('confirmed', 'active'))
ORDER BY start_at DESC, id DESC LIMIT :max

-- query: bookings_requests
SELECT * FROM booking_rows
WHERE host_id = :user_id AND state = 'requested' AND start_at > :now_at
ORDER BY start_at, id LIMIT :max

-- query: bookings_add
INSERT INTO bookings (cell, uid, kitchen_id, space_id, vendor_id, host_id, state, start_at, end_at,
    timezone, buffer_before_min, buffer_after_min, guest_count, purpose, special_requests,
    rate_cents, base_cents, cleaning_cents, service_fee_cents, tax_cents, total_cents,
    host_cents, vendor_fee_bp, host_fee_bp, tax_bp, policy, created_at, hold_until, updated_at)
VALUES ((SELECT cell FROM kitchens WHERE id = :kitchen_id), :uid, :kitchen_id, :space_id,
    :vendor_id, :host_id, :state, :start_at, :end_at,
    :timezone, :buffer_before_min, :buffer_after_min, :guest_count, :purpose, :special_requests,
    :rate_cents, :base_cents, :cleaning_cents, :service_fee_cents, :tax_cents, :total_cents,
    :host_cents, :vendor_fee_bp, :host_fee_bp, :tax_bp, :policy, :now_at, :hold_until, :now_at)

-- query: bookings_open_holds
SELECT COUNT(*) AS open FROM (
    SELECT id FROM bookings
    WHERE vendor_id = :vendor_id AND state IN ('requested', 'held') LIMIT :max)

-- query: bookings_move
UPDATE bookings SET state = :to_state, reason = :reason, updated_at = :now_at,
    ended_at = CASE WHEN :ends THEN :now_at ELSE NULL END
WHERE id = :id AND state = :from_state

-- query: bookings_set_hold
UPDATE bookings SET hold_until = :hold_until WHERE id = :id AND state = 'held'

-- query: bookings_set_confirmed
UPDATE bookings SET confirmed_at = :now_at, access_code = :access_code
WHERE id = :id AND state = 'confirmed'

-- query: bookings_overdue
-- sort: two states, each in order
SELECT id FROM bookings
WHERE state IN ('requested', 'held') AND hold_until <= :now_at
ORDER BY hold_until LIMIT :max

-- query: bookings_payable
-- Money could still arrive for it: a payment was opened and not retired.
SELECT COUNT(*) AS payable FROM (
    SELECT id FROM payments
    WHERE booking_id = :booking_id AND state IN ('pending', 'processing', 'succeeded') LIMIT 1)
