-- query: freezes_add
INSERT INTO freezes (source_id, booking_id, kind, opened_at)
VALUES (:source_id, :booking_id, :kind, :now_at)
ON CONFLICT (source_id) DO NOTHING

-- query: freezes_close
INSERT INTO freezes (source_id, booking_id, kind, opened_at, closed_at)
VALUES (:source_id, :booking_id, :kind, :now_at, :now_at)
ON CONFLICT (source_id) DO UPDATE SET closed_at = COALESCE(closed_at, excluded.closed_at)

-- query: freezes_reopen
UPDATE freezes SET closed_at = NULL WHERE source_id = :source_id AND kind = 'dispute'

-- query: freezes_of_booking
-- sort: the few of a booking
SELECT source_id, kind, opened_at, closed_at FROM freezes
WHERE booking_id = :booking_id AND closed_at IS NULL ORDER BY kind, opened_at LIMIT :max

-- query: freezes_booking
SELECT booking_id FROM freezes WHERE source_id = :source_id AND kind = 'warning' AND closed_at IS NULL
