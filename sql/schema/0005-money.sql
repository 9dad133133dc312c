-- The life of a payment after the charge: the ledger, refunds in parts, transfers to
-- hosts and their reversals, disputes, and what is compared with Stripe's books.

-- Double entry, one row a movement: AMOUNT is debited to one account and credited to
-- another, so that every transaction, and the whole, sums to zero by construction.
-- Rows are never changed. What a movement is about is named by the id of Stripe's
-- object, or by ours where Stripe has none; each can be posted once.
--   stripe           our balance at Stripe
--   bank             what Stripe paid out to us, or we paid in
--   host_payable     owed to a host (a credit balance)
--   host_receivable  owed by a host
--   revenue          our fees
--   tax              collected for the tax office
--   refunds_due      owed to vendors: decided, and not yet with Stripe
--   disputed         taken by a bank until a dispute is decided
--   dispute_loss     lost disputes, less the host's part
--   stripe_fees      what Stripe keeps
CREATE TABLE ledger (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('charge', 'late_charge', 'refund_owed',
        'refund', 'refund_failed', 'refund_withdrawn', 'transfer', 'offset', 'offset_undone',
        'reversal', 'receivable', 'dispute_withdrawn', 'dispute_reinstated', 'dispute_lost',
        'dispute_late_win', 'stripe_fee', 'payout')),
    source_id    TEXT NOT NULL,
    debit        TEXT NOT NULL CHECK (debit IN ('stripe', 'bank', 'host_payable',
        'host_receivable', 'revenue', 'tax', 'refunds_due', 'disputed', 'dispute_loss',
        'stripe_fees')),
    credit       TEXT NOT NULL CHECK (credit IN ('stripe', 'bank', 'host_payable',
        'host_receivable', 'revenue', 'tax', 'refunds_due', 'disputed', 'dispute_loss',
        'stripe_fees')),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    booking_id   INTEGER REFERENCES bookings (id), -- NULL: belongs to no booking
    host_id      INTEGER REFERENCES users (id),    -- whose payable or receivable it is
    CHECK (debit <> credit),
    CHECK (host_id IS NOT NULL OR NOT (debit LIKE 'host%' OR credit LIKE 'host%')),
    UNIQUE (kind, source_id, debit, credit)
) STRICT;
CREATE INDEX ledger_by_booking ON ledger (booking_id, id);
CREATE INDEX ledger_by_source ON ledger (source_id);
CREATE INDEX ledger_debts ON ledger (host_id, at) WHERE debit = 'host_receivable';

CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

-- The balance of each account (debits less credits), of each host for the two that
-- have a host; host 0 elsewhere. Kept by the trigger alone.
CREATE TABLE ledger_totals (
    account       TEXT NOT NULL,
    host_id       INTEGER NOT NULL,
    balance_cents INTEGER NOT NULL,
    PRIMARY KEY (account, host_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_adds_up AFTER INSERT ON ledger
BEGIN
    INSERT INTO ledger_totals (account, host_id, balance_cents)
    VALUES (NEW.debit, CASE WHEN NEW.debit LIKE 'host%' THEN NEW.host_id ELSE 0 END,
            NEW.amount_cents)
    ON CONFLICT (account, host_id) DO UPDATE
    SET balance_cents = balance_cents + excluded.balance_cents;
    INSERT INTO ledger_totals (account, host_id, balance_cents)
    VALUES (NEW.credit, CASE WHEN NEW.credit LIKE 'host%' THEN NEW.host_id ELSE 0 END,
            -NEW.amount_cents)
    ON CONFLICT (account, host_id) DO UPDATE
    SET balance_cents = balance_cents + excluded.balance_cents;
END;

-- The same as signed entries: debits above zero, credits below.
CREATE VIEW ledger_entries AS
SELECT id, at, kind, source_id, debit AS account, amount_cents, booking_id, host_id FROM ledger
UNION ALL
SELECT id, at, kind, source_id, credit, -amount_cents, booking_id, host_id FROM ledger;

-- Refunds in parts: how much of one the host bears, and how much of it is tax; the rest
-- is our fees. A late payment's refund has neither.
ALTER TABLE refunds ADD COLUMN host_cents INTEGER NOT NULL DEFAULT 0 CHECK (host_cents >= 0);
ALTER TABLE refunds ADD COLUMN tax_cents INTEGER NOT NULL DEFAULT 0 CHECK (tax_cents >= 0);
ALTER TABLE refunds ADD COLUMN kind TEXT NOT NULL DEFAULT 'late' CHECK (kind IN
    ('late', 'cancel', 'goodwill', 'stripe')); -- 'stripe': made in Stripe's dashboard
ALTER TABLE refunds ADD COLUMN error TEXT NOT NULL DEFAULT ''; -- why it failed
CREATE INDEX refunds_failed ON refunds (id) WHERE state = 'failed';
CREATE INDEX refunds_pending ON refunds (id) WHERE state = 'pending';

-- Never more back than was paid. A canceled refund is one that was given up.
CREATE TRIGGER refunds_stay_within_the_payment BEFORE INSERT ON refunds
WHEN (SELECT COALESCE(SUM(amount_cents), 0) FROM refunds
      WHERE payment_id = NEW.payment_id AND state <> 'canceled') + NEW.amount_cents
     > (SELECT amount_cents FROM payments WHERE id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'more would go back than was paid'); END;

-- The one payment that is the booking's money; others came late and go back.
ALTER TABLE payments ADD COLUMN applied INTEGER NOT NULL DEFAULT 0 CHECK (applied IN (0, 1));
UPDATE payments SET applied = 1 WHERE state = 'succeeded';
CREATE UNIQUE INDEX payments_applied_once ON payments (booking_id) WHERE applied = 1;

-- The books of what was paid before there were books.
INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, booking_id, host_id)
SELECT p.updated_at, 'charge', p.charge_id, 'stripe', 'host_payable', b.host_cents, b.id, b.host_id
FROM payments p JOIN bookings b ON b.id = p.booking_id
WHERE p.applied = 1 AND p.charge_id <> '' AND b.host_cents > 0;
INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, booking_id)
SELECT p.updated_at, 'charge', p.charge_id, 'stripe', 'tax', b.tax_cents, b.id
FROM payments p JOIN bookings b ON b.id = p.booking_id
WHERE p.applied = 1 AND p.charge_id <> '' AND b.tax_cents > 0;
INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents, booking_id)
SELECT p.updated_at, 'charge', p.charge_id, 'stripe', 'revenue',
    b.total_cents - b.host_cents - b.tax_cents, b.id
FROM payments p JOIN bookings b ON b.id = p.booking_id
WHERE p.applied = 1 AND p.charge_id <> '' AND b.total_cents > b.host_cents + b.tax_cents;

-- Why the money for a booking has to stay: an open dispute, a review, a warning of fraud.
CREATE TABLE freezes (
    source_id  TEXT PRIMARY KEY,                 -- Stripe's: dp_, prv_, issfr_
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    kind       TEXT NOT NULL CHECK (kind IN ('dispute', 'review', 'warning')),
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX freezes_open ON freezes (booking_id) WHERE closed_at IS NULL;

-- A host's money for a booking on its way. The next attempt is made when money is owed
-- again after a reversal.
CREATE TABLE transfers (
    id             INTEGER PRIMARY KEY,
    uid            TEXT NOT NULL UNIQUE,
    booking_id     INTEGER NOT NULL REFERENCES bookings (id),
    host_id        INTEGER NOT NULL REFERENCES users (id),
    attempt        INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('scheduled', 'held', 'sent', 'reversed', 'failed')),
    held_for       TEXT NOT NULL DEFAULT '' CHECK (held_for IN ('', 'freeze', 'account')),
    held_at        INTEGER NOT NULL DEFAULT 0,
    due_at         INTEGER NOT NULL,             -- not before 24 h after the end
    claimed_at     INTEGER,                      -- the call is written down; amounts are set
    call           INTEGER NOT NULL DEFAULT 0,   -- the newest attempt in stripe_ops
    amount_cents   INTEGER NOT NULL DEFAULT 0 CHECK (amount_cents >= 0),
    offset_cents   INTEGER NOT NULL DEFAULT 0 CHECK (offset_cents >= 0), -- kept for a debt
    reversed_cents INTEGER NOT NULL DEFAULT 0 CHECK (reversed_cents BETWEEN 0 AND amount_cents),
    unlinked       INTEGER NOT NULL DEFAULT 0 CHECK (unlinked IN (0, 1)), -- no source_transaction
    transfer_id    TEXT UNIQUE,                  -- Stripe's
    reason         TEXT NOT NULL DEFAULT '',     -- why it is held or failed
    sent_at        INTEGER,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    UNIQUE (booking_id, attempt)
) STRICT;
CREATE UNIQUE INDEX transfers_one_open ON transfers (booking_id)
    WHERE state IN ('scheduled', 'held', 'failed');
CREATE INDEX transfers_due ON transfers (due_at) WHERE state = 'scheduled' AND claimed_at IS NULL;
CREATE INDEX transfers_held ON transfers (held_for, held_at) WHERE state = 'held';
CREATE INDEX transfers_failed ON transfers (id) WHERE state = 'failed';
CREATE INDEX transfers_by_host ON transfers (host_id, id);

CREATE TABLE reversals (
    id           INTEGER PRIMARY KEY,
    uid          TEXT NOT NULL UNIQUE,           -- Stripe's id for one made in the dashboard
    transfer     INTEGER NOT NULL REFERENCES transfers (id),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    state        TEXT NOT NULL CHECK (state IN ('queued', 'succeeded', 'failed')),
    reversal_id  TEXT UNIQUE,                    -- Stripe's
    reason       TEXT NOT NULL,
    error        TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX reversals_by_transfer ON reversals (transfer, id);

CREATE TABLE disputes (
    dispute_id   TEXT PRIMARY KEY,               -- Stripe's
    payment_id   INTEGER NOT NULL REFERENCES payments (id),
    booking_id   INTEGER NOT NULL REFERENCES bookings (id),
    amount_cents INTEGER NOT NULL,               -- may be more than the charge
    status       TEXT NOT NULL,                  -- Stripe's word
    reason       TEXT NOT NULL,
    due_by       INTEGER NOT NULL DEFAULT 0,     -- for evidence; 0: none is wanted
    submissions  INTEGER NOT NULL DEFAULT 0,     -- of evidence, by Stripe's count
    host_cents   INTEGER NOT NULL DEFAULT 0,     -- what the host bears, if lost
    lost         INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1)), -- written off in the ledger
    opened_at    INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    closed_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX disputes_lost ON disputes (payment_id) WHERE lost = 1;
CREATE INDEX disputes_by_booking ON disputes (booking_id, opened_at);
CREATE INDEX disputes_open ON disputes (due_by) WHERE closed_at IS NULL;

-- What a person told a bank. The text goes into the frozen body of the call.
CREATE TABLE dispute_evidence (
    uid        TEXT PRIMARY KEY,
    dispute_id TEXT NOT NULL REFERENCES disputes (dispute_id),
    text       TEXT NOT NULL,
    author_id  INTEGER NOT NULL REFERENCES users (id),
    state      TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    error      TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Banks take it once.
CREATE UNIQUE INDEX dispute_evidence_once ON dispute_evidence (dispute_id)
    WHERE state IN ('queued', 'sent');
CREATE INDEX dispute_evidence_of ON dispute_evidence (dispute_id, created_at);

-- Stripe's own books of our balance, as they were read. Class and key say which
-- movements of the ledger they should be.
CREATE TABLE balance_transactions (
    transaction_id TEXT PRIMARY KEY,
    type           TEXT NOT NULL,                -- Stripe's word
    class          TEXT NOT NULL,                -- ours: 'charge', 'refund', ... 'unknown'
    source_key     TEXT NOT NULL,                -- the movement's source_id
    amount_cents   INTEGER NOT NULL,
    fee_cents      INTEGER NOT NULL,
    created        INTEGER NOT NULL              -- Stripe's clock
) STRICT, WITHOUT ROWID;
CREATE INDEX balance_transactions_by_key ON balance_transactions (class, source_key);
CREATE INDEX balance_transactions_by_age ON balance_transactions (created);

-- The movements that Stripe knows of, by class: above zero what comes into our balance.
CREATE VIEW ledger_at_stripe AS
SELECT id, at, source_id, booking_id,
       CASE kind WHEN 'late_charge' THEN 'charge' WHEN 'dispute_withdrawn' THEN 'dispute'
                 WHEN 'dispute_reinstated' THEN 'dispute' ELSE kind END AS class,
       CASE debit WHEN 'stripe' THEN amount_cents ELSE -amount_cents END AS amount_cents
FROM ledger WHERE debit = 'stripe' OR credit = 'stripe';

-- Where our books and Stripe's differ. Found by a job, mended by a person: a row is
-- closed when a later look no longer finds it, or by an admin with a reason.
CREATE TABLE differences (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,                    -- domain/differences.h has the list
    source_id  TEXT NOT NULL,
    booking_id INTEGER REFERENCES bookings (id),
    detail     TEXT NOT NULL,
    found_at   INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,                 -- by the newest look
    closed_at  INTEGER,
    reason     TEXT NOT NULL DEFAULT ''          -- the admin's; '' if a look closed it
) STRICT;
CREATE UNIQUE INDEX differences_once ON differences (kind, source_id) WHERE closed_at IS NULL;
CREATE INDEX differences_by_age ON differences (id) WHERE closed_at IS NULL;
CREATE INDEX differences_by_source ON differences (kind, source_id);

-- Where a job that reads a long list has come to, and when it began with it.
ALTER TABLE jobs ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN began_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE bookings ADD COLUMN canceled_by TEXT NOT NULL DEFAULT ''; -- a role
CREATE INDEX bookings_starting ON bookings (state, start_at) WHERE state = 'confirmed';
CREATE INDEX bookings_ending ON bookings (state, end_at) WHERE state = 'active';
-- Its key says nothing any more: it is not sent again, but looked for.
ALTER TABLE stripe_ops ADD COLUMN lost INTEGER NOT NULL DEFAULT 0 CHECK (lost IN (0, 1));
CREATE INDEX stripe_ops_stuck ON stripe_ops (state, created_at) WHERE state IN ('review', 'rejected');
UPDATE host_accounts SET checked_at = 0 WHERE checked_at IS NULL AND account_id IS NOT NULL;
CREATE INDEX host_accounts_by_age ON host_accounts (checked_at) WHERE account_id IS NOT NULL;
