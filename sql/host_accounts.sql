-- query: host_accounts_get
SELECT * FROM host_accounts WHERE user_id = :user_id

-- query: host_accounts_by_account
SELECT * FROM host_accounts WHERE account_id = :account_id

-- query: host_accounts_add
INSERT INTO host_accounts (user_id, uid, created_at) VALUES (:user_id, :uid, :now_at)

-- query: host_accounts_answered
UPDATE host_accounts SET account_id = :account_id, checked_at = 0 WHERE uid = :uid AND account_id IS NULL
RETURNING user_id

-- query: host_accounts_set
UPDATE host_accounts SET transfers_active = :transfers_active,
    payouts_enabled = :payouts_enabled, disabled_reason = :disabled_reason,
    requirements = :requirements, deadline_at = :deadline_at, checked_at = :now_at
WHERE account_id = :account_id

-- query: host_accounts_stale
SELECT account_id AS id FROM host_accounts
WHERE account_id IS NOT NULL AND checked_at < :before_at
ORDER BY checked_at LIMIT :max

-- query: host_accounts_suspect
UPDATE host_accounts SET checked_at = 0 WHERE user_id = :user_id
