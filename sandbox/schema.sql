-- What prep-stripe keeps. Everything is a stand-in: no real money, no card numbers.

PRAGMA user_version = 2;

CREATE TABLE IF NOT EXISTS settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Every object of the API, of whatever kind, as the JSON that is answered.
CREATE TABLE IF NOT EXISTS objects (
    seq        INTEGER PRIMARY KEY,      -- order of creation: lists go newest first
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,            -- the resource's name: payment_intent
    account    TEXT NOT NULL,            -- acct_... that it belongs to; '' the platform
    created_at INTEGER NOT NULL,
    body       TEXT NOT NULL,
    inner      TEXT NOT NULL             -- JSON that is never answered
) STRICT;
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_by_time ON objects (created_at, seq);

-- The fields that lists filter by, so that no list reads through JSON.
CREATE TABLE IF NOT EXISTS marks (
    seq     INTEGER NOT NULL,            -- the object
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (seq, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_by_value ON marks (kind, name, value, account, seq);

-- Double entry: what a balance transaction adds to one party another has lost. The
-- parties: 'platform', acct_..., 'fees' (Stripe's), 'world' (cards and banks), and
-- 'transit', which is empty whenever a transaction commits.
CREATE TABLE IF NOT EXISTS ledger (
    seq          INTEGER PRIMARY KEY,
    movement     TEXT NOT NULL,          -- the balance transaction: txn_...
    party        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    available_on INTEGER NOT NULL        -- by the simulated clock
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_by_party
    ON ledger (party, currency, available_on, amount_cents);

-- The sum of each party, kept by the trigger.
CREATE TABLE IF NOT EXISTS totals (
    party        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    PRIMARY KEY (party, currency)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS ledger_counts AFTER INSERT ON ledger BEGIN
    INSERT INTO totals (party, currency, amount_cents)
    VALUES (new.party, new.currency, new.amount_cents)
    ON CONFLICT (party, currency)
    DO UPDATE SET amount_cents = amount_cents + excluded.amount_cents;
END;

-- One row for each key in use, for 24 hours.
CREATE TABLE IF NOT EXISTS idempotency (
    account    TEXT NOT NULL,
    key        TEXT NOT NULL,
    request    TEXT NOT NULL,            -- hash of method, path and parameters
    state      TEXT NOT NULL CHECK (state IN ('running', 'done')),
    status     INTEGER NOT NULL,
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (created_at);

-- An event on its way to one webhook endpoint.
CREATE TABLE IF NOT EXISTS deliveries (
    seq       INTEGER PRIMARY KEY,
    event     TEXT NOT NULL,
    endpoint  TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries     INTEGER NOT NULL,
    status    INTEGER NOT NULL,          -- of the last try; 0: no answer
    due_at_ms INTEGER NOT NULL           -- by the simulated clock
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at_ms);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event, state);
