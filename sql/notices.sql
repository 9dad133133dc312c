-- query: notices_add
INSERT INTO notices (user_id, kind, text, link, created_at)
VALUES (:user_id, :kind, :text, :link, :now_at)

-- query: notices_add_admins
INSERT INTO notices (user_id, kind, text, link, created_at)
SELECT u.id, :kind, :text, :link, :now_at FROM users u
WHERE u.role = 'admin' AND u.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.user_id = u.id AND n.read_at IS NULL
                    AND n.kind = :kind AND n.text = :text)

-- query: notices_page
-- (A booking's page, its messages and its payment have addresses of one shape.)
SELECT id, kind, text, link, created_at, read_at,
    CASE WHEN substr(link, 1, 10) IN ('/bookings/', '/messages/', '/checkout/') THEN
        (SELECT k.timezone FROM bookings b JOIN kitchens k ON k.id = b.kitchen_id
         WHERE b.id = CAST(substr(link, 11) AS INTEGER)) END AS timezone
FROM notices
WHERE user_id = :user_id AND id < :before_id ORDER BY id DESC LIMIT :max

-- query: notices_unread
SELECT COUNT(*) AS unread FROM
    (SELECT 1 FROM notices WHERE user_id = :user_id AND read_at IS NULL LIMIT 100)

-- query: notices_read_all
UPDATE notices SET read_at = :now_at WHERE user_id = :user_id AND read_at IS NULL
