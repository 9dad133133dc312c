-- query: demo_is_empty
-- scan: to the first row only
SELECT NOT EXISTS (SELECT 1 FROM users) AS is_empty

-- query: demo_add_paper
INSERT INTO documents (kitchen_id, kind, state, number, authority, issued_day, expires_day,
    hash, mime, bytes, file_name, decided_by, decided_at, created_at)
VALUES (:kitchen_id, :kind, :state, :number, :authority, :issued_day, :expires_day,
    :hash, 'application/pdf', :bytes, :file_name, :decided_by, :decided_at, :now_at)

-- query: demo_activate_host
INSERT INTO host_accounts (user_id, uid, transfers_active, payouts_enabled, checked_at, created_at)
VALUES (:user_id, :uid, 1, 1, :now_at, :now_at)

-- query: demo_add_booking
INSERT INTO bookings (cell, uid, kitchen_id, space_id, vendor_id, host_id, state, start_at, end_at,
    timezone, buffer_before_min, buffer_after_min, guest_count, purpose, special_requests,
    rate_cents, base_cents, cleaning_cents, service_fee_cents, tax_cents, total_cents, host_cents,
    vendor_fee_bp, host_fee_bp, tax_bp, policy, created_at, hold_until, confirmed_at, updated_at)
VALUES ((SELECT cell FROM kitchens WHERE id = :kitchen_id), :uid, :kitchen_id, :space_id,
    :vendor_id, :host_id, :state, :start_at, :end_at,
    :timezone, :buffer_before_min, :buffer_after_min, :guest_count, :purpose, '',
    :rate_cents, :base_cents, :cleaning_cents, :service_fee_cents, :tax_cents, :total_cents,
    :host_cents, :vendor_fee_bp, :host_fee_bp, :tax_bp, :policy, :created_at, :created_at,
    :created_at, :created_at)

-- query: demo_add_cell
INSERT INTO cells (space_id, slot, booking_id) VALUES (:space_id, :slot, :booking_id)

-- query: demo_add_payment
INSERT INTO payments (uid, booking_id, attempt, mode, state, amount_cents, currency, created_at,
    updated_at)
VALUES (:uid, :booking_id, 1, 'pi', 'succeeded', :amount_cents, 'usd', :at, :at)

-- query: demo_add_review
INSERT INTO reviews (booking_id, kitchen_id, author_id, by_vendor, overall, cleanliness, equipment,
    location, value, body, reply, visible_at, created_at)
VALUES (:booking_id, :kitchen_id, :author_id, 1, :overall, :cleanliness, :equipment, :location,
    :value, :body, :reply, :at, :at)

-- query: demo_add_rating
UPDATE kitchens SET rating_sum = rating_sum + :overall, rating_count = rating_count + 1
WHERE id = :kitchen_id

-- query: demo_hosts
SELECT user_id AS id FROM host_accounts WHERE account_id IS NULL LIMIT :max

-- query: demo_unpaid
SELECT booking_id AS id FROM payments WHERE payment_intent_id IS NULL LIMIT :max

-- query: demo_set_paid
UPDATE payments SET payment_intent_id = :intent_id, charge_id = :charge_id, applied = 1
WHERE booking_id = :booking_id AND payment_intent_id IS NULL
