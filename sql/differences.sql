-- query: differences_see
UPDATE differences SET seen_at = :now_at, detail = :detail
WHERE kind = :kind AND source_id = :source_id AND closed_at IS NULL

-- query: differences_settled
SELECT COUNT(*) AS settled FROM (
    SELECT 1 FROM differences
    WHERE kind = :kind AND source_id = :source_id AND detail = :detail
      AND closed_at IS NOT NULL AND reason <> '' LIMIT 1)

-- query: differences_add
INSERT INTO differences (kind, source_id, booking_id, detail, found_at, seen_at)
VALUES (:kind, :source_id, :booking_id, :detail, :now_at, :now_at)

-- query: differences_unseen
SELECT id FROM differences
WHERE kind = :kind AND closed_at IS NULL AND seen_at < :before_at LIMIT :max

-- query: differences_gone
UPDATE differences SET closed_at = :now_at WHERE id = :id AND closed_at IS NULL

-- query: differences_open
SELECT id, kind, source_id, detail, booking_id, found_at, seen_at FROM differences
WHERE closed_at IS NULL AND id > :after_id ORDER BY id LIMIT :max

-- query: differences_count
-- scan: an index of those only that are open
SELECT COUNT(*) AS open FROM differences WHERE closed_at IS NULL

-- query: differences_close
UPDATE differences SET closed_at = :now_at, reason = :reason WHERE id = :id AND closed_at IS NULL
