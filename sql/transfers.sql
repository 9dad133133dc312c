-- query: transfers_newest
SELECT * FROM transfers WHERE booking_id = :booking_id ORDER BY attempt DESC LIMIT 1

-- query: transfers_of_booking
SELECT * FROM transfers WHERE booking_id = :booking_id ORDER BY attempt LIMIT :max

-- query: transfers_get
SELECT * FROM transfers WHERE id = :id

-- query: transfers_by_uid
SELECT * FROM transfers WHERE uid = :uid

-- query: transfers_by_transfer
SELECT * FROM transfers WHERE transfer_id = :transfer_id

-- query: transfers_due
SELECT id FROM transfers
WHERE state = 'scheduled' AND claimed_at IS NULL AND due_at <= :now_at
ORDER BY due_at LIMIT :max

-- query: transfers_resumable
-- Held for an account that was read again since, and can be paid now. What Stripe refused
-- because of the account made it unread, so the same second is late enough.
-- sort: the few that are held
SELECT t.id FROM transfers t JOIN host_accounts a ON a.user_id = t.host_id
WHERE t.state = 'held' AND t.held_for = 'account'
  AND a.transfers_active = 1 AND a.checked_at >= t.held_at AND t.due_at <= :now_at
ORDER BY t.due_at LIMIT :max

-- query: transfers_failed
-- For a person: Stripe refuses them for good.
SELECT * FROM transfers WHERE state = 'failed' AND id > :after_id ORDER BY id LIMIT :max

-- query: transfers_add
INSERT INTO transfers (uid, booking_id, host_id, attempt, state, held_for, held_at, due_at,
    created_at, updated_at)
VALUES (:uid, :booking_id, :host_id, :attempt, :state, :held_for, :now_at, :due_at,
    :now_at, :now_at)

-- query: transfers_is_frozen
SELECT COUNT(*) AS open FROM (
    SELECT 1 FROM freezes WHERE booking_id = :booking_id AND closed_at IS NULL LIMIT 1)

-- query: transfers_freeze
UPDATE transfers SET state = 'held', held_for = 'freeze', held_at = :now_at, updated_at = :now_at
WHERE booking_id = :booking_id AND claimed_at IS NULL
  AND (state = 'scheduled' OR state = 'held' AND held_for = 'account')

-- query: transfers_thaw
UPDATE transfers SET state = 'scheduled', held_for = '', updated_at = :now_at
WHERE booking_id = :booking_id AND state = 'held' AND held_for = 'freeze'

-- query: transfers_hold
UPDATE transfers SET state = 'held', held_for = 'account', held_at = :now_at, reason = :reason,
    claimed_at = NULL, amount_cents = 0, offset_cents = 0, updated_at = :now_at
WHERE id = :id AND state IN ('scheduled', 'held')

-- query: transfers_claim
UPDATE transfers SET state = 'scheduled', held_for = '', reason = '', claimed_at = :now_at,
    call = call + 1, amount_cents = :amount_cents, offset_cents = :offset_cents,
    updated_at = :now_at
WHERE id = :id AND claimed_at IS NULL AND state IN ('scheduled', 'held')

-- query: transfers_set_sent
UPDATE transfers SET state = 'sent', held_for = '', transfer_id = :transfer_id,
    amount_cents = :amount_cents, sent_at = :now_at, updated_at = :now_at
WHERE id = :id AND state = 'scheduled' AND claimed_at IS NOT NULL

-- query: transfers_set_nothing
-- Nothing is left to send: all of it went back to the vendor.
UPDATE transfers SET state = 'reversed', held_for = '', reason = :reason, updated_at = :now_at
WHERE id = :id AND claimed_at IS NULL AND state IN ('scheduled', 'held')

-- query: transfers_unclaim
UPDATE transfers SET state = :state, claimed_at = NULL, amount_cents = 0, offset_cents = 0,
    unlinked = :unlinked, due_at = :due_at, reason = :reason, updated_at = :now_at
WHERE id = :id AND state = 'scheduled' AND claimed_at IS NOT NULL

-- query: transfers_retry
UPDATE transfers SET state = 'scheduled', reason = '', due_at = MAX(due_at, :now_at), updated_at = :now_at
WHERE id = :id AND state = 'failed'

-- query: transfers_under_way
SELECT COUNT(*) AS n FROM (
    SELECT 1 FROM transfers
    WHERE booking_id = :booking_id AND state = 'scheduled' AND claimed_at IS NOT NULL LIMIT 1)

-- query: transfers_reversible
-- What can still be asked back of each transfer of a booking.
SELECT * FROM (
    SELECT t.id, t.uid, t.transfer_id, t.attempt,
           t.amount_cents - t.reversed_cents - COALESCE((SELECT SUM(r.amount_cents) FROM reversals r
               WHERE r.transfer = t.id AND r.state = 'queued'), 0) AS left_cents
    FROM transfers t
    WHERE t.booking_id = :booking_id AND t.state = 'sent' AND t.transfer_id IS NOT NULL)
WHERE left_cents > 0 ORDER BY attempt DESC

-- query: transfers_reversals_under_way
SELECT COALESCE(SUM(r.amount_cents), 0) AS n
FROM transfers t JOIN reversals r ON r.transfer = t.id
WHERE t.booking_id = :booking_id AND r.state = 'queued'

-- query: transfers_add_reversal
INSERT INTO reversals (uid, transfer, amount_cents, state, reversal_id, reason, created_at, updated_at)
VALUES (:uid, :transfer, :amount_cents, :state, :reversal_id, :reason, :now_at, :now_at)

-- query: transfers_reversal_by_uid
SELECT r.id, r.uid, r.state, r.reason, r.amount_cents, r.reversal_id, r.transfer, t.booking_id,
    t.host_id
FROM reversals r JOIN transfers t ON t.id = r.transfer WHERE r.uid = :uid

-- query: transfers_reversal_by_id
SELECT r.id, r.uid, r.state, r.reason, r.amount_cents, r.reversal_id, r.transfer, t.booking_id,
    t.host_id
FROM reversals r JOIN transfers t ON t.id = r.transfer WHERE r.reversal_id = :reversal_id

-- query: transfers_set_reversal
UPDATE reversals SET state = :state, reversal_id = :reversal_id, error = :error, updated_at = :now_at
WHERE id = :id AND state = 'queued'

-- query: transfers_add_reversed
UPDATE transfers SET reversed_cents = reversed_cents + :amount_cents,
    state = CASE WHEN reversed_cents + :amount_cents = amount_cents THEN 'reversed' ELSE state END,
    updated_at = :now_at
WHERE id = :id AND state = 'sent'

-- query: transfers_reversals_of_booking
SELECT r.id, r.uid, r.state, r.amount_cents, r.reversal_id, r.reason, r.error, r.created_at,
    t.transfer_id, t.attempt
FROM transfers t JOIN reversals r ON r.transfer = t.id
WHERE t.booking_id = :booking_id
ORDER BY t.attempt, r.id LIMIT :max
