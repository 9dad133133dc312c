-- query: host_accounts_get
SELECT * FROM host_accounts WHERE user_id = :user_id

-- query: host_accounts_by_account
SELECT * FROM host_accounts WHERE account_id = :account_id

-- query: host_accounts_add
INSERT INTO host_accounts (user_id, uid, created_at) VALUES (:user_id, :uid, :now_at)

-- query: host_accounts_answered
UPDATE host_accounts SET account_id = :account_id WHERE uid = :uid AND account_id IS NULL

-- query: host_accounts_set
UPDATE host_accounts SET transfers_active = :transfers_active,
    payouts_enabled = :payouts_enabled, disabled_reason = :disabled_reason,
    requirements = :requirements, checked_at = :now_at
WHERE account_id = :account_id

-- query: host_accounts_stale
-- scan: once an hour, one row for each host
-- sort: the longest first
SELECT account_id FROM host_accounts
WHERE account_id IS NOT NULL AND COALESCE(checked_at, 0) < :before_at
ORDER BY checked_at LIMIT :max
