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
SELECT id, kind, text, link, created_at, read_at FROM notices
WHERE user_id = :user_id AND id < :before_id ORDER BY id DESC LIMIT :max

-- query: notices_unread
SELECT COUNT(*) AS unread FROM
    (SELECT 1 FROM notices WHERE user_id = :user_id AND read_at IS NULL LIMIT 100)

-- query: notices_read_all
UPDATE notices SET read_at = :now_at WHERE user_id = :user_id AND read_at IS NULL
