-- query: jobs_get
SELECT lease_owner, lease_until, next_at, last_at FROM jobs WHERE name = :name

-- query: jobs_status
-- scan: a handful of rows
SELECT name, lease_until, next_at, last_at, last_ms, last_error, done, cursor_at FROM jobs
ORDER BY name LIMIT :max

-- query: jobs_lease
INSERT INTO jobs (name, lease_owner, lease_until, next_at)
VALUES (:name, :owner, :lease_until, :now_at)
ON CONFLICT (name) DO UPDATE SET lease_owner = :owner, lease_until = :lease_until
WHERE lease_until <= :now_at OR lease_owner = :owner

-- query: jobs_release
UPDATE jobs SET lease_until = 0, next_at = :next_at, last_at = :now_at, last_ms = :last_ms,
    last_ok_at = CASE WHEN :last_error = '' THEN :now_at ELSE last_ok_at END,
    last_error = :last_error, done = done + :done
WHERE name = :name AND lease_owner = :owner

-- query: jobs_cursor
SELECT cursor_at FROM jobs WHERE name = :name

-- query: jobs_place
SELECT place, began_at, cursor_at FROM jobs WHERE name = :name

-- query: jobs_set_place
UPDATE jobs SET place = :place, began_at = :began_at, cursor_at = :cursor_at
WHERE name = :name AND lease_owner = :owner

-- query: jobs_forget_throttles
DELETE FROM throttles WHERE window_at < :before_at

-- query: jobs_forget_answers
DELETE FROM idempotency WHERE at < :before_at

-- query: jobs_forget_mail_links
-- scan: once an hour, over links that are at most a few days old
DELETE FROM mail_links WHERE expires_at < :before_at

-- query: jobs_forget_sessions
-- scan: once an hour
DELETE FROM sessions WHERE seen_at < :idle_before_at OR created_at < :total_before_at
