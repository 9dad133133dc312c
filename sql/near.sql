-- Nearest kitchens. SQLite only (json_each, FTS5).

-- Each value of the list is a run of cells: first * 134217728 + how many follow.
-- query: near_cells
-- scan: over the list of ranges
SELECT k.cell, k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents,
       k.min_min, k.region, k.rating_sum, k.rating_count
FROM json_each(:ranges) r CROSS JOIN kitchens k INDEXED BY kitchens_search
WHERE k.cell BETWEEN r.value >> 27 AND (r.value >> 27) + (r.value & 134217727)
  AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min AND k.bookable = 1
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
LIMIT :max

-- As near_cells, of the kitchens that MATCH: words.sql.
-- query: near_text
-- scan: over the list of ranges
SELECT k.cell, k.id, k.lat, k.lng, k.rate_cents, k.offpeak_rate_cents, k.cleaning_cents,
       k.min_min, k.region, k.rating_sum, k.rating_count
FROM json_each(:ranges) r CROSS JOIN kitchen_text t
     CROSS JOIN kitchens k INDEXED BY kitchens_search
WHERE t.kitchen_text MATCH :match
  AND t.rowid BETWEEN r.value >> 27 << 27
                  AND ((r.value >> 27) + (r.value & 134217727) + 1 << 27) - 1
  AND t.rowid & 0x1555555550000000 BETWEEN :southwest & 0x1555555550000000
                                       AND :northeast & 0x1555555550000000
  AND t.rowid & 0x2aaaaaaaa8000000 BETWEEN :southwest & 0x2aaaaaaaa8000000
                                       AND :northeast & 0x2aaaaaaaa8000000
  AND k.cell = t.rowid >> 27 AND k.id = t.rowid & 134217727
  AND (k.equipment_mask & :equipment) = :equipment
  AND k.rate_cents <= :max_rate_cents AND k.min_min <= :length_min AND k.bookable = 1
  AND k.lat BETWEEN :south AND :north AND k.lng BETWEEN :west AND :east
LIMIT :max
