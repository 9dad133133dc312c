-- What a batch of kitchens can offer. SQLite only (json_each).

-- What the walk (near.sql) has not read of them already.
-- query: offers_kitchens
-- scan: over the list of kitchens
SELECT k.id, k.slug, k.title, k.city, k.region, k.timezone,
       k.offpeak_start_min, k.offpeak_end_min, k.max_min, k.step_min, k.notice_min,
       k.buffer_before_min, k.buffer_after_min, k.policy, k.instant_book, k.week, k.kitchen_type,
       (SELECT hash FROM photos WHERE kitchen_id = k.id ORDER BY position, id LIMIT 1) AS photo
FROM json_each(:ids) j CROSS JOIN kitchens k ON k.id = j.value

-- query: offers_exceptions
-- scan: over the list of kitchens
SELECT e.kitchen_id, e.day, e.start_min, e.end_min, e.opens
FROM json_each(:ids) j CROSS JOIN exceptions e ON e.kitchen_id = j.value
WHERE e.day >= :from_day AND e.day < :to_day
LIMIT :max

-- query: offers_cells
-- scan: over the list of kitchens
SELECT s.kitchen_id, c.slot
FROM json_each(:ids) j CROSS JOIN spaces s ON s.kitchen_id = j.value
     CROSS JOIN cells c ON c.space_id = s.id
WHERE c.slot >= :first AND c.slot < :end
