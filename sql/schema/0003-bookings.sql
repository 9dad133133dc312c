-- Bookings, the cells they occupy, and the money that confirms them.

CREATE TABLE bookings (
    id               INTEGER PRIMARY KEY,
    uid              TEXT NOT NULL UNIQUE,       -- random; Stripe's metadata and transfer_group
    kitchen_id       INTEGER NOT NULL REFERENCES kitchens (id),
    space_id         INTEGER NOT NULL REFERENCES spaces (id),
    vendor_id        INTEGER NOT NULL REFERENCES users (id),
    host_id          INTEGER NOT NULL REFERENCES users (id),
    state            TEXT NOT NULL CHECK (state IN ('requested', 'held', 'confirmed', 'active',
        'completed', 'expired', 'declined', 'canceled', 'no_show')),
    disputed         INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1)),
    start_at         INTEGER NOT NULL,
    end_at           INTEGER NOT NULL,
    timezone         TEXT NOT NULL,
    buffer_before_min INTEGER NOT NULL,
    buffer_after_min INTEGER NOT NULL,
    guest_count      INTEGER NOT NULL,
    purpose          TEXT NOT NULL,
    special_requests TEXT NOT NULL,
    -- frozen at the hold
    rate_cents       INTEGER NOT NULL,
    base_cents       INTEGER NOT NULL,
    cleaning_cents   INTEGER NOT NULL,
    service_fee_cents INTEGER NOT NULL,
    tax_cents        INTEGER NOT NULL,
    total_cents      INTEGER NOT NULL,
    host_cents       INTEGER NOT NULL,           -- what the host gets
    vendor_fee_bp    INTEGER NOT NULL,
    host_fee_bp      INTEGER NOT NULL,
    tax_bp           INTEGER NOT NULL,
    policy           TEXT NOT NULL CHECK (policy IN ('flexible', 'moderate', 'strict')),
    created_at       INTEGER NOT NULL,
    hold_until       INTEGER NOT NULL,           -- of a held or requested booking
    confirmed_at     INTEGER,
    ended_at         INTEGER,                    -- expired, declined, canceled
    reason           TEXT NOT NULL DEFAULT '',
    access_code      BLOB,                       -- sealed with the site's key
    updated_at       INTEGER NOT NULL,
    CHECK (end_at > start_at),
    CHECK (total_cents = base_cents + cleaning_cents + service_fee_cents + tax_cents)
) STRICT;
CREATE INDEX bookings_by_vendor ON bookings (vendor_id, start_at, id);
CREATE INDEX bookings_by_host ON bookings (host_id, start_at, id);
CREATE INDEX bookings_by_kitchen ON bookings (kitchen_id, start_at);
CREATE INDEX bookings_waiting ON bookings (state, hold_until) WHERE state IN ('requested', 'held');
CREATE INDEX bookings_open_holds ON bookings (vendor_id) WHERE state IN ('requested', 'held');
CREATE INDEX bookings_by_state ON bookings (state, id);

-- One row for each quarter hour of a space that is taken: held, booked, buffer.
-- The primary key is what makes a double booking impossible.
CREATE TABLE cells (
    space_id   INTEGER NOT NULL REFERENCES spaces (id),
    slot       INTEGER NOT NULL,                 -- UTC seconds / 900
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    PRIMARY KEY (space_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX cells_by_booking ON cells (booking_id);

-- A booking as its pages and mails show it.
CREATE VIEW booking_rows AS
SELECT b.*, s.kind AS space_kind, s.name AS space_name,
       k.title, k.slug, k.address, k.city, k.region, k.postal_code, k.access_notes,
       v.full_name AS vendor_name, v.business_name AS vendor_business,
       COALESCE(NULLIF(h.business_name, ''), h.full_name) AS host_name
FROM bookings b
JOIN spaces s ON s.id = b.space_id
JOIN kitchens k ON k.id = b.kitchen_id
JOIN users v ON v.id = b.vendor_id
JOIN users h ON h.id = b.host_id;

CREATE TABLE customers (
    user_id     INTEGER PRIMARY KEY REFERENCES users (id),
    uid         TEXT NOT NULL UNIQUE,
    customer_id TEXT UNIQUE,                     -- Stripe's; NULL until it answered
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE host_accounts (
    user_id          INTEGER PRIMARY KEY REFERENCES users (id),
    uid              TEXT NOT NULL UNIQUE,
    account_id       TEXT UNIQUE,                -- Stripe's; NULL until it answered
    transfers_active INTEGER NOT NULL DEFAULT 0 CHECK (transfers_active IN (0, 1)),
    payouts_enabled  INTEGER NOT NULL DEFAULT 0 CHECK (payouts_enabled IN (0, 1)),
    disabled_reason  TEXT NOT NULL DEFAULT '',
    requirements     TEXT NOT NULL DEFAULT '',   -- what Stripe still wants, one a line
    checked_at       INTEGER,
    created_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE payments (
    id           INTEGER PRIMARY KEY,
    uid          TEXT NOT NULL UNIQUE,
    booking_id   INTEGER NOT NULL REFERENCES bookings (id),
    attempt      INTEGER NOT NULL,
    mode         TEXT NOT NULL CHECK (mode IN ('pi', 'checkout')),
    state        TEXT NOT NULL CHECK (state IN
        ('pending', 'processing', 'succeeded', 'failed', 'canceled', 'refunded', 'late')),
    amount_cents INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    payment_intent_id TEXT UNIQUE,
    checkout_session_id TEXT UNIQUE,
    client_secret TEXT NOT NULL DEFAULT '',      -- emptied when the payment ends
    hosted_url   TEXT NOT NULL DEFAULT '',
    charge_id    TEXT NOT NULL DEFAULT '',
    refunded_cents INTEGER NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT '',       -- the last decline, in words
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (booking_id, attempt)
) STRICT;
CREATE UNIQUE INDEX payments_one_live ON payments (booking_id)
    WHERE state IN ('pending', 'processing', 'succeeded');
CREATE INDEX payments_open ON payments (updated_at) WHERE state IN ('pending', 'processing');

-- Calls to Stripe: written with the change that wants them, sent afterwards,
-- repeated with the same key and the same bytes until the answer is known.
CREATE TABLE stripe_ops (
    uid          TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,                  -- 'acct', 'cus', 'pi', 'cs', 'pican', 'csexp', 'ref'
    subject_uid  TEXT NOT NULL,
    attempt      INTEGER NOT NULL,
    idem_key     TEXT NOT NULL UNIQUE,
    path         TEXT NOT NULL,
    body         TEXT NOT NULL,                  -- frozen
    state        TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
        ('queued', 'sending', 'unknown', 'done', 'rejected', 'review')),
    first_sent_at INTEGER,
    next_at      INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    http_status  INTEGER NOT NULL DEFAULT 0,
    err_code     TEXT NOT NULL DEFAULT '',
    err_message  TEXT NOT NULL DEFAULT '',
    stripe_request_id TEXT NOT NULL DEFAULT '',
    object_id    TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    UNIQUE (kind, subject_uid, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_ops_open ON stripe_ops (next_at) WHERE state IN ('queued', 'sending', 'unknown');

CREATE TABLE refunds (
    id           INTEGER PRIMARY KEY,
    uid          TEXT NOT NULL UNIQUE,
    payment_id   INTEGER NOT NULL REFERENCES payments (id),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    refund_id    TEXT UNIQUE,                    -- Stripe's
    state        TEXT NOT NULL CHECK (state IN ('queued', 'pending', 'succeeded', 'failed', 'canceled')),
    reason       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX refunds_by_payment ON refunds (payment_id);

CREATE TABLE stripe_events (
    event_id     TEXT PRIMARY KEY,
    type         TEXT NOT NULL,
    object_id    TEXT NOT NULL,
    account      TEXT NOT NULL DEFAULT '',
    created      INTEGER NOT NULL,               -- Stripe's clock
    livemode     INTEGER NOT NULL,
    payload      TEXT NOT NULL,
    received_at  INTEGER NOT NULL,
    processed_at INTEGER,                        -- NULL: waits for a job
    tries        INTEGER NOT NULL DEFAULT 0,
    error        TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_events_by_object ON stripe_events (object_id, type);
CREATE INDEX stripe_events_open ON stripe_events (received_at) WHERE processed_at IS NULL;

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    sender_id  INTEGER NOT NULL REFERENCES users (id),
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at    INTEGER
) STRICT;
CREATE INDEX messages_by_booking ON messages (booking_id, id);

CREATE TABLE reviews (
    id          INTEGER PRIMARY KEY,
    booking_id  INTEGER NOT NULL REFERENCES bookings (id),
    kitchen_id  INTEGER NOT NULL REFERENCES kitchens (id),
    author_id   INTEGER NOT NULL REFERENCES users (id),
    by_vendor   INTEGER NOT NULL CHECK (by_vendor IN (0, 1)),
    overall     INTEGER NOT NULL CHECK (overall BETWEEN 1 AND 5),
    cleanliness INTEGER NOT NULL CHECK (cleanliness BETWEEN 1 AND 5),
    equipment   INTEGER NOT NULL CHECK (equipment BETWEEN 1 AND 5),
    location    INTEGER NOT NULL CHECK (location BETWEEN 1 AND 5),
    value       INTEGER NOT NULL CHECK (value BETWEEN 1 AND 5),
    body        TEXT NOT NULL,
    reply       TEXT NOT NULL DEFAULT '',
    visible_at  INTEGER,                         -- NULL: hidden until both wrote or 14 days passed
    created_at  INTEGER NOT NULL,
    UNIQUE (booking_id, by_vendor)
) STRICT;
CREATE INDEX reviews_by_kitchen ON reviews (kitchen_id, visible_at, id);
