-- People, their sessions and the links mailed to them; what happened (audit);
-- what was done once (claims); what is to be mailed (outbox).
-- Times are UTC seconds (_at), money is cents (_cents), shares are 1/10000 (_bp).

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL,                 -- as typed
    email_key     TEXT NOT NULL UNIQUE,          -- lower case: one account an address
    password_hash TEXT NOT NULL,                 -- PHC string (Argon2id)
    full_name     TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('vendor', 'host', 'admin', 'support')),
    business_name TEXT NOT NULL DEFAULT '',
    phone         TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'deleted')),
    verified_at   INTEGER,                       -- the address was confirmed; NULL: not yet
    terms_at      INTEGER NOT NULL,              -- when the terms were accepted
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_role ON users (role, id);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,                 -- SHA-256 of the cookie's token
    user_id    INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,                 -- last visit, to five minutes
    address    TEXT NOT NULL,                    -- where it was opened
    user_agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

CREATE TABLE mail_links (
    token_hash BLOB PRIMARY KEY,                 -- SHA-256 of the link's token
    user_id    INTEGER NOT NULL REFERENCES users (id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify', 'reset')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER                           -- single use
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_links_by_user ON mail_links (user_id, purpose, created_at);

CREATE TABLE throttles (
    what       TEXT NOT NULL,                    -- 'login-account', 'login-address', 'reset-account', ...
    who        TEXT NOT NULL,                    -- account key or address
    window_at  INTEGER NOT NULL,                 -- start of the 15-minute window
    tries      INTEGER NOT NULL,
    PRIMARY KEY (what, who, window_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_age ON throttles (window_at);

CREATE TABLE audit (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    actor_id     INTEGER,                        -- NULL: the system
    actor_role   TEXT NOT NULL,
    action       TEXT NOT NULL,                  -- 'kitchen.approve', 'booking.hold', ...
    subject      TEXT NOT NULL,                  -- 'kitchen', 'booking', 'user', 'document'
    subject_id   INTEGER NOT NULL,
    detail       TEXT NOT NULL DEFAULT '',       -- a sentence or a reason, never a secret
    request_id   TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, subject_id, id);

CREATE TABLE claims (
    scope    TEXT NOT NULL,                      -- 'stripe-event', ...
    key      TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- Repeated posts: the same key with the same body gets the stored answer.
CREATE TABLE idempotency (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    key       TEXT NOT NULL,
    route     TEXT NOT NULL,
    body_hash BLOB NOT NULL,                     -- SHA-256 of route and body
    status    INTEGER NOT NULL,
    location  TEXT NOT NULL,                     -- where the answer redirected to
    at        INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    uid        TEXT NOT NULL UNIQUE,             -- random; part of the Message-ID
    kind       TEXT NOT NULL,                    -- the template: mail/<kind>
    user_id    INTEGER NOT NULL REFERENCES users (id),
    dedupe     TEXT NOT NULL UNIQUE,             -- 'booking-confirmed-vendor:17': once
    fields     TEXT NOT NULL,                    -- JSON object of texts for the template
    state      TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
    tries      INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,      -- a jobs process is sending it
    error      TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    sent_at    INTEGER
) STRICT;
CREATE INDEX outbox_queued ON outbox (state, next_at, id) WHERE state = 'queued';
CREATE INDEX outbox_by_state ON outbox (state, id);

CREATE TABLE notices (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    link       TEXT NOT NULL,                    -- a path on this site
    created_at INTEGER NOT NULL,
    read_at    INTEGER
) STRICT;
CREATE INDEX notices_by_user ON notices (user_id, id);
CREATE INDEX notices_unread ON notices (user_id) WHERE read_at IS NULL;

CREATE TABLE jobs (
    name        TEXT PRIMARY KEY,
    lease_owner TEXT NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER NOT NULL,
    last_at     INTEGER,
    last_ms     INTEGER,
    last_error  TEXT NOT NULL DEFAULT '',
    done        INTEGER NOT NULL DEFAULT 0,      -- things done since the beginning
    cursor_at   INTEGER NOT NULL DEFAULT 0       -- how far a job that reads a stream has come
) STRICT, WITHOUT ROWID;
