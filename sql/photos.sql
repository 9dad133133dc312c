-- query: photos_of
SELECT id, hash, width, height, alt FROM photos
WHERE kitchen_id = :kitchen_id ORDER BY position, id LIMIT :max

-- query: photos_count
SELECT COUNT(*) AS photos FROM photos WHERE kitchen_id = :kitchen_id

-- query: photos_add
INSERT INTO photos (kitchen_id, position, hash, width, height, created_at)
VALUES (:kitchen_id,
    (SELECT COALESCE(MAX(position) + 1, 0) FROM photos WHERE kitchen_id = :kitchen_id),
    :hash, :width, :height, :now_at)

-- query: photos_place
UPDATE photos SET position = :position WHERE id = :id AND kitchen_id = :kitchen_id

-- query: photos_describe
UPDATE photos SET alt = :alt WHERE id = :id AND kitchen_id = :kitchen_id

-- query: photos_remove
DELETE FROM photos WHERE id = :id AND kitchen_id = :kitchen_id

-- query: photos_uses
SELECT EXISTS (SELECT 1 FROM photos WHERE hash = :hash) AS used
