-- query: messages_of
SELECT m.id, m.sender_id, u.full_name AS sender, m.body, m.created_at
FROM messages m JOIN users u ON u.id = m.sender_id
WHERE m.booking_id = :booking_id AND m.id < :before_id
ORDER BY m.id DESC LIMIT :max

-- query: messages_add
INSERT INTO messages (booking_id, sender_id, body, created_at)
VALUES (:booking_id, :sender_id, :body, :now_at)

-- query: messages_threads
-- sort: the newest message of each of one person's bookings
SELECT b.id AS booking_id, k.title, k.timezone, m.id AS last_id, m.created_at AS last_at, m.body,
    CASE WHEN b.vendor_id = :user_id THEN COALESCE(NULLIF(h.business_name, ''), h.full_name)
         ELSE v.full_name END AS with_name
FROM (SELECT id, kitchen_id, vendor_id, host_id FROM bookings WHERE vendor_id = :user_id
      UNION
      SELECT id, kitchen_id, vendor_id, host_id FROM bookings WHERE host_id = :user_id) b
JOIN messages m ON m.id = (SELECT MAX(x.id) FROM messages x WHERE x.booking_id = b.id)
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
JOIN users h ON h.id = b.host_id
WHERE m.id < :before_id
ORDER BY m.id DESC LIMIT :max
