-- Squares are numbered in Morton order now (domain/squares.h), so that a look near a place
-- is few ranges whatever its size, and words are FTS5's again, narrowed to those ranges.

DROP INDEX kitchens_search;
DROP INDEX kitchens_offers;
DROP INDEX bookings_near;
DROP TABLE kitchen_words;
DROP TABLE kitchen_texts;

-- The cell of each kitchen: row and column with a zero before each of their bits.
WITH at (id, y, x) AS (
    SELECT id, min(CAST((lat + 90) * 262144 / 360 AS INTEGER), 131071),
           min(CAST((lng + 180) * 262144 / 360 AS INTEGER), 262143) FROM kitchens
), a (id, y, x) AS (
    SELECT id, (y | (y << 16)) & 0x0000ffff0000ffff, (x | (x << 16)) & 0x0000ffff0000ffff FROM at
), b (id, y, x) AS (
    SELECT id, (y | (y << 8)) & 0x00ff00ff00ff00ff, (x | (x << 8)) & 0x00ff00ff00ff00ff FROM a
), c (id, y, x) AS (
    SELECT id, (y | (y << 4)) & 0x0f0f0f0f0f0f0f0f, (x | (x << 4)) & 0x0f0f0f0f0f0f0f0f FROM b
), d (id, y, x) AS (
    SELECT id, (y | (y << 2)) & 0x3333333333333333, (x | (x << 2)) & 0x3333333333333333 FROM c
), e (id, y, x) AS (
    SELECT id, (y | (y << 1)) & 0x5555555555555555, (x | (x << 1)) & 0x5555555555555555 FROM d
)
UPDATE kitchens SET cell = e.y << 1 | e.x FROM e WHERE e.id = kitchens.id;

-- As in 0008, with the region, which says what tax there is.
CREATE INDEX kitchens_search ON kitchens
    (cell, id, bookable, equipment_mask, rate_cents, min_min, lat, lng, offpeak_rate_cents,
     cleaning_cents, region, rating_sum, rating_count)
    WHERE bookable = 1;
CREATE INDEX kitchens_offers ON kitchens
    (cell, id, bookable, slug, title, city, region, timezone, kitchen_type, offpeak_start_min,
     offpeak_end_min, max_min, step_min, notice_min, buffer_before_min, buffer_after_min,
     policy, instant_book, week, cover)
    WHERE bookable = 1;
CREATE INDEX bookings_near ON bookings
    (cell, kitchen_id, start_at, end_at, buffer_before_min, buffer_after_min, ended_at)
    WHERE ended_at IS NULL;

-- The words of each kitchen: title, description, city, labels of the catalogue. rowid =
-- cell << 27 | kitchens.id: neighbours are next to each other, and MATCH is narrowed by place
-- with a range of rowids. `prep migrate` fills it (domain/words.h).
CREATE VIRTUAL TABLE kitchen_text USING fts5 (
    words, columnsize = 0, tokenize = 'porter unicode61 remove_diacritics 2'
);
-- Two pieces of a size become one at once, since each look has to open every piece; and small
-- pages, so that it skips what lies before its range where a word has a few hundred kitchens.
INSERT INTO kitchen_text (kitchen_text, rank) VALUES ('automerge', 2);
INSERT INTO kitchen_text (kitchen_text, rank) VALUES ('pgsz', 2048);
