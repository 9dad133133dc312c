-- query: reviews_of_kitchen
-- sort: one kitchen's reviews, by when they appeared
SELECT r.id, r.overall, r.body, r.reply, r.visible_at, u.full_name AS author
FROM reviews r JOIN users u ON u.id = r.author_id
WHERE r.kitchen_id = :kitchen_id AND r.by_vendor = 1 AND r.visible_at <= :now_at
  AND r.id < :before_id
ORDER BY r.id DESC LIMIT :max
