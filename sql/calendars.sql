-- query: calendars_owner
SELECT id, role, calendar_number FROM users
WHERE id = :id AND state = 'active' AND role IN ('vendor', 'host')

-- query: calendars_renew
UPDATE users SET calendar_number = calendar_number + 1, updated_at = :now_at
WHERE id = :id AND role IN ('vendor', 'host')

-- query: calendars_vendor
SELECT id, uid, start_at, end_at, confirmed_at, title, space_kind, space_name, address, city,
    region, postal_code, vendor_name FROM booking_rows
WHERE vendor_id = :user_id AND start_at >= :from_at AND start_at < :until_at
    AND state IN ('confirmed', 'active', 'completed')
ORDER BY start_at, id LIMIT :max

-- query: calendars_host
SELECT id, uid, start_at, end_at, confirmed_at, title, space_kind, space_name, address, city,
    region, postal_code, vendor_name FROM booking_rows
WHERE host_id = :user_id AND start_at >= :from_at AND start_at < :until_at
    AND state IN ('confirmed', 'active', 'completed')
ORDER BY start_at, id LIMIT :max
