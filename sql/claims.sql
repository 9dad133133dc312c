-- query: claims_take
INSERT INTO claims (scope, key, at) VALUES (:scope, :key, :at)

-- query: claims_drop
DELETE FROM claims WHERE scope = :scope AND key = :key

-- query: claims_answer_of
SELECT body_hash, status, location FROM idempotency WHERE user_id = :user_id AND key = :key

-- query: claims_answer
INSERT INTO idempotency (user_id, key, route, body_hash, status, location, at)
VALUES (:user_id, :key, :route, :body_hash, :status, :location, :at)
