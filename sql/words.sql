-- The words of kitchens. SQLite only (FTS5).

-- query: words_get
SELECT k.cell, t.words FROM kitchens k LEFT JOIN kitchen_text t ON t.rowid = k.cell << 27 | k.id
WHERE k.id = :kitchen_id

-- query: words_forget
DELETE FROM kitchen_text WHERE rowid = :cell << 27 | :kitchen_id

-- query: words_place
UPDATE kitchens SET cell = :cell WHERE id = :kitchen_id

-- query: words_set
INSERT INTO kitchen_text (rowid, words) VALUES (:cell << 27 | :kitchen_id, :words)

-- query: words_missing
SELECT k.id FROM kitchens k
WHERE k.id > :after_id
  AND NOT EXISTS (SELECT 1 FROM kitchen_text t WHERE t.rowid = k.cell << 27 | k.id)
ORDER BY k.id LIMIT :max

-- The command of FTS5's manual: pages < 0 begins with all pieces, > 0 goes on.
-- query: words_merge
INSERT INTO kitchen_text (kitchen_text, rank) VALUES ('merge', :pages)

-- query: words_changes
SELECT total_changes() AS changes
