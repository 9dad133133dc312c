-- Nearest kitchens. SQLite only (json_each, FTS5).

-- Each value of the list is a run of cells: first * 1048576 + how many follow.
-- query: near_cells
-- scan: over the list of ranges
SELECT k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents, k.min_min,
       k.rating_sum, k.rating_count
FROM json_each(:ranges) r CROSS JOIN kitchens k INDEXED BY kitchens_search
WHERE k.cell BETWEEN r.value >> 20 AND (r.value >> 20) + (r.value & 1048575)
  AND k.bookable = 1 AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
LIMIT :max

-- query: near_text
-- scan: over what the full-text index finds, narrowed by place
SELECT k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents, k.min_min,
       k.rating_sum, k.rating_count
FROM kitchen_text t CROSS JOIN kitchens k ON k.id = t.rowid
WHERE kitchen_text MATCH :match
  AND k.bookable = 1 AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
LIMIT :max
