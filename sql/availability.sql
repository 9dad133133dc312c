-- query: availability_windows
SELECT weekday, start_min, end_min FROM weekly_windows
WHERE kitchen_id = :kitchen_id ORDER BY weekday, start_min

-- query: availability_exceptions
SELECT day, start_min, end_min, opens, note FROM exceptions
WHERE kitchen_id = :kitchen_id AND day >= :from_day AND day < :to_day
ORDER BY day, start_min LIMIT :max

-- query: availability_cells
SELECT c.slot FROM spaces s JOIN cells c ON c.space_id = s.id
WHERE s.kitchen_id = :kitchen_id AND (s.id = :space_id OR :whole = 1)
  AND c.slot >= :first AND c.slot < :end

-- query: availability_clear_week
DELETE FROM weekly_windows WHERE kitchen_id = :kitchen_id

-- query: availability_add_window
INSERT INTO weekly_windows (kitchen_id, weekday, start_min, end_min)
VALUES (:kitchen_id, :weekday, :start_min, :end_min)

-- query: availability_compiled
UPDATE kitchens SET week = :week, updated_at = :now_at WHERE id = :kitchen_id

-- query: availability_add_exception
INSERT INTO exceptions (kitchen_id, day, start_min, end_min, opens, note)
VALUES (:kitchen_id, :day, :start_min, :end_min, :opens, :note)

-- query: availability_remove_exception
DELETE FROM exceptions
WHERE kitchen_id = :kitchen_id AND day = :day AND start_min = :start_min

-- query: availability_station_added
INSERT INTO cells (space_id, slot, booking_id)
SELECT :space_id, c.slot, c.booking_id
FROM spaces s JOIN cells c ON c.space_id = s.id
WHERE s.kitchen_id = :kitchen_id AND s.kind = 'whole'
