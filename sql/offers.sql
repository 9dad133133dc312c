-- What a batch of kitchens can offer. SQLite only (json_each).

-- Lists of kitchens are of spots: cell * 134217728 + id (near.h).

-- What the walk (near.sql) has not read of them already.
-- query: offers_kitchens
-- scan: over the list of kitchens
SELECT k.id, k.slug, k.title, k.city, k.region, k.timezone,
       k.offpeak_start_min, k.offpeak_end_min, k.max_min, k.step_min, k.notice_min,
       k.buffer_before_min, k.buffer_after_min, k.policy, k.instant_book, k.week, k.kitchen_type,
       k.cover
FROM json_each(:spots) j CROSS JOIN kitchens k INDEXED BY kitchens_offers
WHERE k.cell = j.value >> 27 AND k.id = j.value & 134217727 AND k.bookable = 1

-- query: offers_exceptions
-- scan: over the list of kitchens
SELECT e.kitchen_id, e.day, e.start_min, e.end_min, e.opens
FROM json_each(:spots) j CROSS JOIN exceptions e ON e.kitchen_id = j.value & 134217727
WHERE e.day >= :from_day AND e.day < :to_day
LIMIT :max

-- query: offers_bookings
-- scan: over the list of kitchens
SELECT b.kitchen_id, b.start_at, b.end_at, b.buffer_before_min, b.buffer_after_min
FROM json_each(:spots) j CROSS JOIN bookings b INDEXED BY bookings_near
WHERE b.cell = j.value >> 27 AND b.kitchen_id = j.value & 134217727
  AND b.start_at >= :long_before_at AND b.start_at < :end_at AND b.end_at > :first_at
  AND b.ended_at IS NULL
