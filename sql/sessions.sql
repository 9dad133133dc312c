-- query: sessions_open
INSERT INTO sessions (token_hash, user_id, created_at, seen_at, address, user_agent)
VALUES (:token_hash, :user_id, :now_at, :now_at, :address, :user_agent)

-- query: sessions_find
SELECT s.user_id, u.role, u.state, u.verified_at, u.full_name, u.email, s.created_at, s.seen_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = :token_hash

-- query: sessions_touch
UPDATE sessions SET seen_at = :now_at WHERE token_hash = :token_hash

-- query: sessions_close
DELETE FROM sessions WHERE token_hash = :token_hash

-- query: sessions_close_all
DELETE FROM sessions WHERE user_id = :user_id AND token_hash <> :token_hash

-- query: sessions_list
SELECT token_hash, created_at, seen_at, address, user_agent FROM sessions
WHERE user_id = :user_id ORDER BY created_at DESC LIMIT :max
