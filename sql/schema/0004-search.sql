-- What search reads. SQLite only (FTS5, partial covering index).

-- Walked from a place outward: kitchens.cell is numbered so that neighbourhoods
-- are ranges (domain/squares.h). Covers what the first look needs.
CREATE INDEX kitchens_search ON kitchens
    (cell, id, lat, lng, rate_cents, offpeak_rate_cents, cleaning_cents, equipment_mask,
     min_min, rating_sum, rating_count, bookable)
    WHERE bookable = 1;

-- rowid = kitchens.id. `place` holds tokens of the squares that the kitchen is in, of
-- 0.01, 0.1 and 1 degree (p432802265 s4328022 d43282), so that a text query is
-- narrowed by place inside MATCH.
CREATE VIRTUAL TABLE kitchen_text USING fts5 (
    title, description, equipment, place,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
