-- query: accounts_add
INSERT INTO users (email, email_key, password_hash, full_name, role, business_name, phone,
                   terms_at, created_at, updated_at)
VALUES (:email, :email_key, :password_hash, :full_name, :role, :business_name, :phone,
        :now_at, :now_at, :now_at)

-- query: accounts_by_email
SELECT id, password_hash, full_name, state FROM users WHERE email_key = :email_key

-- query: accounts_known_address
SELECT EXISTS (SELECT 1 FROM audit WHERE subject = 'user' AND subject_id = :id
    AND action = 'account.login' AND detail = :address) AS known

-- query: accounts_get
SELECT id, email, full_name, business_name, phone, role, state, verified_at, created_at
FROM users WHERE id = :id

-- query: accounts_page
SELECT id, email, full_name, business_name, phone, role, state, verified_at, created_at
FROM users
WHERE id < :before_id AND (:words = '' OR INSTR(LOWER(email), LOWER(:words))
    OR INSTR(LOWER(full_name), LOWER(:words)) OR INSTR(LOWER(business_name), LOWER(:words)))
ORDER BY id DESC LIMIT :max

-- query: accounts_add_link
INSERT INTO mail_links (token_hash, user_id, purpose, created_at, expires_at)
VALUES (:token_hash, :user_id, :purpose, :now_at, :expires_at)

-- query: accounts_link
SELECT user_id FROM mail_links
WHERE token_hash = :token_hash AND purpose = :purpose AND used_at IS NULL AND expires_at > :now_at

-- query: accounts_use_link
UPDATE mail_links SET used_at = :now_at WHERE token_hash = :token_hash AND used_at IS NULL

-- query: accounts_verify
UPDATE users SET verified_at = COALESCE(verified_at, :now_at), updated_at = :now_at WHERE id = :id

-- query: accounts_set_password
UPDATE users SET password_hash = :password_hash, updated_at = :now_at WHERE id = :id

-- query: accounts_update
UPDATE users SET full_name = :full_name, business_name = :business_name, phone = :phone,
    updated_at = :now_at
WHERE id = :id

-- query: accounts_set_state
UPDATE users SET state = :state, updated_at = :now_at
WHERE id = :id AND state = :was AND role <> 'admin'

-- query: accounts_set_role
UPDATE users SET role = :role, verified_at = COALESCE(verified_at, :now_at), updated_at = :now_at
WHERE id = :id
