-- query: customers_get
SELECT uid, customer_id FROM customers WHERE user_id = :user_id

-- query: customers_add
INSERT INTO customers (user_id, uid, created_at) VALUES (:user_id, :uid, :now_at)

-- query: customers_answered
UPDATE customers SET customer_id = :customer_id WHERE uid = :uid AND customer_id IS NULL
RETURNING user_id
