-- Nearest kitchens. SQLite only (json_each).

-- Each value of the list is a run of cells: first * 134217728 + how many follow.
-- query: near_cells
-- scan: over the list of ranges
SELECT k.cell, k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents,
       k.min_min, k.rating_sum, k.rating_count
FROM json_each(:ranges) r CROSS JOIN kitchens k INDEXED BY kitchens_search
WHERE k.cell BETWEEN r.value >> 27 AND (r.value >> 27) + (r.value & 134217727)
  AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min AND k.bookable = 1
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
LIMIT :max

-- As near_cells, of the kitchens that have a word, and all of the list of others.
-- query: near_words
-- scan: over the list of ranges, and of other words
SELECT k.cell, k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents,
       k.min_min, k.rating_sum, k.rating_count
FROM json_each(:ranges) r CROSS JOIN kitchen_words w
     CROSS JOIN kitchens k INDEXED BY kitchens_search
WHERE w.word = :word
  AND w.cell BETWEEN r.value >> 27 AND (r.value >> 27) + (r.value & 134217727)
  AND k.cell = w.cell AND k.id = w.kitchen_id
  AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min AND k.bookable = 1
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
  AND (:others IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(:others) o WHERE NOT EXISTS (
          SELECT 1 FROM kitchen_words x
          WHERE x.word = o.value AND x.cell = k.cell AND x.kitchen_id = k.id)))
LIMIT :max
