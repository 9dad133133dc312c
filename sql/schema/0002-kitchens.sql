-- Kitchens, their spaces, photos, papers and opening hours; places on the map.

CREATE TABLE kitchens (
    id                INTEGER PRIMARY KEY,
    host_id           INTEGER NOT NULL REFERENCES users (id),
    state             TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
        ('draft', 'pending_approval', 'active', 'changes_requested', 'rejected', 'suspended')),
    reason            TEXT NOT NULL DEFAULT '',  -- of the last decision, for the host
    title             TEXT NOT NULL,
    slug              TEXT NOT NULL,
    description       TEXT NOT NULL DEFAULT '',  -- Markdown subset
    kitchen_type      TEXT NOT NULL,             -- 'commissary', 'restaurant', 'bakery', ...
    address           TEXT NOT NULL,
    city              TEXT NOT NULL,
    region            TEXT NOT NULL,             -- US state, two letters (form field `state`)
    postal_code       TEXT NOT NULL,
    lat               REAL NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lng               REAL NOT NULL CHECK (lng BETWEEN -180 AND 180),
    cell              INTEGER NOT NULL,          -- where on the map: domain/squares.h
    timezone          TEXT NOT NULL,             -- IANA name
    square_feet       INTEGER NOT NULL DEFAULT 0,
    capacity          INTEGER NOT NULL DEFAULT 1,
    equipment_mask    INTEGER NOT NULL DEFAULT 0, -- bit i: item i of the catalogue
    feature_mask      INTEGER NOT NULL DEFAULT 0,
    restrictions      TEXT NOT NULL DEFAULT '',
    accessibility     TEXT NOT NULL DEFAULT '',
    certifications    TEXT NOT NULL DEFAULT '',
    rate_cents        INTEGER NOT NULL CHECK (rate_cents BETWEEN 100 AND 100000),  -- an hour
    offpeak_rate_cents INTEGER NOT NULL DEFAULT 0, -- an hour; 0: no off-peak rate
    offpeak_start_min INTEGER NOT NULL DEFAULT 0,  -- local wall time, minutes after midnight;
    offpeak_end_min   INTEGER NOT NULL DEFAULT 0,  -- may end the next day (end <= start)
    cleaning_cents    INTEGER NOT NULL DEFAULT 0 CHECK (cleaning_cents BETWEEN 0 AND 100000),
    deposit_cents     INTEGER NOT NULL DEFAULT 0 CHECK (deposit_cents BETWEEN 0 AND 1000000),
    min_min           INTEGER NOT NULL DEFAULT 120,  -- shortest booking
    max_min           INTEGER NOT NULL DEFAULT 1440, -- longest
    step_min          INTEGER NOT NULL DEFAULT 30,
    notice_min        INTEGER NOT NULL DEFAULT 1440, -- earliest start from now
    buffer_before_min INTEGER NOT NULL DEFAULT 0,
    buffer_after_min  INTEGER NOT NULL DEFAULT 30,
    policy            TEXT NOT NULL DEFAULT 'moderate' CHECK (policy IN ('flexible', 'moderate', 'strict')),
    instant_book      INTEGER NOT NULL DEFAULT 1 CHECK (instant_book IN (0, 1)),
    week              BLOB NOT NULL DEFAULT x'', -- the weekly windows as bits: availability.h
    access_notes      TEXT NOT NULL DEFAULT '',  -- how to get in; only for confirmed bookings
    bookable          INTEGER NOT NULL DEFAULT 0, -- active, papers in date, transfers active
    rating_sum        INTEGER NOT NULL DEFAULT 0,
    rating_count      INTEGER NOT NULL DEFAULT 0,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL DEFAULT 1 -- a form edits the version it was made from
) STRICT;
CREATE INDEX kitchens_by_host ON kitchens (host_id, id);
CREATE INDEX kitchens_by_state ON kitchens (state, id);

CREATE TABLE kitchen_equipment (
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    item       INTEGER NOT NULL,                 -- index in the catalogue (equipment.c)
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    PRIMARY KEY (kitchen_id, item)
) STRICT, WITHOUT ROWID;

-- Each kitchen has one 'whole' space; stations may be added.
CREATE TABLE spaces (
    id         INTEGER PRIMARY KEY,
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    kind       TEXT NOT NULL CHECK (kind IN ('whole', 'station')),
    name       TEXT NOT NULL,
    rate_cents INTEGER NOT NULL DEFAULT 0,       -- an hour; 0: the kitchen's rate
    capacity   INTEGER NOT NULL DEFAULT 1,
    active     INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (kitchen_id, name)
) STRICT;
CREATE UNIQUE INDEX spaces_one_whole ON spaces (kitchen_id) WHERE kind = 'whole';

CREATE TABLE weekly_windows (
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    weekday    INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6), -- 0: Sunday
    start_min  INTEGER NOT NULL CHECK (start_min BETWEEN 0 AND 1425),
    end_min    INTEGER NOT NULL CHECK (end_min BETWEEN 15 AND 2880), -- past 1440: the next day
    PRIMARY KEY (kitchen_id, weekday, start_min)
) STRICT, WITHOUT ROWID;

-- A dated exception replaces that date's windows for its span: opens or closes.
CREATE TABLE exceptions (
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    day        INTEGER NOT NULL,                 -- local date as days since 1970-01-01
    start_min  INTEGER NOT NULL CHECK (start_min BETWEEN 0 AND 1425),
    end_min    INTEGER NOT NULL CHECK (end_min BETWEEN 15 AND 2880),
    opens      INTEGER NOT NULL CHECK (opens IN (0, 1)),
    note       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kitchen_id, day, start_min)
) STRICT, WITHOUT ROWID;

CREATE TABLE photos (
    id         INTEGER PRIMARY KEY,
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    position   INTEGER NOT NULL,                 -- 0 is the cover
    hash       TEXT NOT NULL,                    -- name of its variants in the store
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    alt        TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    UNIQUE (kitchen_id, hash)
) STRICT;
CREATE INDEX photos_by_kitchen ON photos (kitchen_id, position, id);
CREATE INDEX photos_by_hash ON photos (hash);    -- does another kitchen show it, too?

CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    kind       TEXT NOT NULL CHECK (kind IN
        ('health_permit', 'business_license', 'insurance', 'food_handler', 'fire_safety')),
    state      TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
        ('pending', 'approved', 'rejected', 'expired', 'superseded')),
    number     TEXT NOT NULL,
    authority  TEXT NOT NULL,
    issued_day  INTEGER NOT NULL,                -- days since 1970-01-01
    expires_day INTEGER NOT NULL,
    hash       TEXT NOT NULL,                    -- name in the private store
    mime       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    file_name  TEXT NOT NULL,                    -- as uploaded, cleaned
    reason     TEXT NOT NULL DEFAULT '',
    decided_by INTEGER REFERENCES users (id),
    decided_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_by_kitchen ON documents (kitchen_id, kind, state, id);
CREATE INDEX documents_by_state ON documents (state, id);
CREATE INDEX documents_expiring ON documents (expires_day) WHERE state = 'approved';

-- US ZIP codes (data/us-places.tsv), brought in by `prep import-places`.
CREATE TABLE places (
    id          INTEGER PRIMARY KEY,
    postal_code TEXT NOT NULL,
    city        TEXT NOT NULL,
    city_key    TEXT NOT NULL,                   -- as places.c makes it of a name
    region      TEXT NOT NULL,
    lat         REAL NOT NULL,
    lng         REAL NOT NULL,
    import_at   INTEGER NOT NULL,                -- the import that it is from
    UNIQUE (postal_code, city_key)
) STRICT;
CREATE INDEX places_by_city ON places (city_key, region);

-- Cities, made of their ZIP codes at the end of an import.
CREATE TABLE cities (
    city_key    TEXT NOT NULL,
    region      TEXT NOT NULL,
    city        TEXT NOT NULL,
    lat         REAL NOT NULL,                   -- the middle of its ZIP codes
    lng         REAL NOT NULL,
    zips        INTEGER NOT NULL,                -- how many: the size, roughly
    PRIMARY KEY (city_key, region)
) STRICT, WITHOUT ROWID;
CREATE INDEX cities_by_region ON cities (region, zips DESC, city_key);
