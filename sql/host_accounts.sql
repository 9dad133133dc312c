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

-- query: host_accounts_refresh_bookable
UPDATE kitchens SET bookable = CASE WHEN state = 'active' AND :transfers_active
    AND (SELECT COUNT(DISTINCT d.kind) FROM documents d
         WHERE d.kitchen_id = kitchens.id AND d.state = 'approved' AND d.expires_day >= :today
           AND d.kind IN ('health_permit', 'business_license', 'insurance')) = 3
    THEN 1 ELSE 0 END
WHERE host_id = :user_id
