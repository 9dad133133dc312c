-- What search reads. SQLite only (FTS5, partial covering index).

-- Walked ring by ring round a place; covers what the first look needs.
CREATE INDEX kitchens_search ON kitchens
    (cell, id, lat, lng, rate_cents, offpeak_rate_cents, cleaning_cents, equipment_mask, min_min, bookable)
    WHERE bookable = 1;

-- rowid = kitchens.id. `place` holds tokens such as cell4512 so that a text query
-- is narrowed by place inside MATCH.
CREATE VIRTUAL TABLE kitchen_text USING fts5 (
    title, description, equipment, place, tokenize = 'unicode61 remove_diacritics 2'
);
