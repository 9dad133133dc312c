-- What prep-stripe keeps. Everything is a stand-in: no real money, no card numbers.

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
