-- query: agenda_between
SELECT b.id, b.start_at, b.end_at, b.state, b.host_cents, b.timezone, k.title, s.name AS space,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN spaces s ON s.id = b.space_id
JOIN users v ON v.id = b.vendor_id
WHERE b.host_id = :host_id AND b.start_at >= :from_at AND b.start_at < :to_at
    AND b.state IN ('requested', 'held', 'confirmed', 'active', 'completed', 'no_show')
ORDER BY b.start_at, b.id LIMIT :max

-- query: agenda_all
SELECT b.id, b.start_at, b.end_at, b.state, b.host_cents, b.timezone, k.title, s.name AS space,
    COALESCE(NULLIF(v.business_name, ''), v.full_name) AS vendor
FROM bookings b
JOIN kitchens k ON k.id = b.kitchen_id
JOIN spaces s ON s.id = b.space_id
JOIN users v ON v.id = b.vendor_id
WHERE b.id < :before_id
ORDER BY b.id DESC LIMIT :max
