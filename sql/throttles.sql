-- query: throttles_count
INSERT INTO throttles (what, who, window_at, tries) VALUES (:what, :who, :window_at, 1)
ON CONFLICT (what, who, window_at) DO UPDATE SET tries = tries + 1
RETURNING tries

-- query: throttles_tries
SELECT tries FROM throttles WHERE what = :what AND who = :who AND window_at = :window_at

-- query: throttles_forget
DELETE FROM throttles WHERE what = :what AND who = :who AND window_at = :window_at
