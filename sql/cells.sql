-- query: cells_take_one
-- scan: the slots are made here, one row each
INSERT INTO cells (space_id, slot, booking_id)
WITH RECURSIVE slots (slot) AS (
    SELECT :first_slot UNION ALL SELECT slot + 1 FROM slots WHERE slot + 1 < :end_slot
)
SELECT :space_id, slot, :booking_id FROM slots

-- query: cells_take_all
-- scan: the slots are made here, one row each
INSERT INTO cells (space_id, slot, booking_id)
WITH RECURSIVE slots (slot) AS (
    SELECT :first_slot UNION ALL SELECT slot + 1 FROM slots WHERE slot + 1 < :end_slot
)
SELECT s.id, slots.slot, :booking_id FROM spaces s CROSS JOIN slots
WHERE s.kitchen_id = :kitchen_id

-- query: cells_release
DELETE FROM cells WHERE booking_id = :booking_id

-- query: cells_in_the_way_of_one
-- sort: the few bookings that overlap
SELECT DISTINCT booking_id AS id FROM cells
WHERE space_id = :space_id AND slot >= :first_slot AND slot < :end_slot LIMIT :max

-- query: cells_in_the_way_of_all
-- sort: the few bookings that overlap
SELECT DISTINCT c.booking_id AS id FROM spaces s JOIN cells c ON c.space_id = s.id
WHERE s.kitchen_id = :kitchen_id AND c.slot >= :first_slot AND c.slot < :end_slot LIMIT :max
