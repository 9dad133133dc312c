-- What search reads, laid out by place. The kitchens round a point have numbers from all
-- over: read by number, each of them, its bookings and its picture cost a page of their
-- own. In indexes that begin with the square of the map, neighbours share a page.

-- The cover's hash, so that a list need not look for it: the first photo's.
ALTER TABLE kitchens ADD COLUMN cover TEXT;
UPDATE kitchens SET cover = (SELECT hash FROM photos WHERE kitchen_id = kitchens.id
                             ORDER BY position, id LIMIT 1);
CREATE TRIGGER photos_added AFTER INSERT ON photos BEGIN
    UPDATE kitchens SET cover = (SELECT hash FROM photos WHERE kitchen_id = NEW.kitchen_id
                                 ORDER BY position, id LIMIT 1)
    WHERE id = NEW.kitchen_id;
END;
CREATE TRIGGER photos_moved AFTER UPDATE ON photos BEGIN
    UPDATE kitchens SET cover = (SELECT hash FROM photos WHERE kitchen_id = NEW.kitchen_id
                                 ORDER BY position, id LIMIT 1)
    WHERE id = NEW.kitchen_id;
END;
CREATE TRIGGER photos_removed AFTER DELETE ON photos BEGIN
    UPDATE kitchens SET cover = (SELECT hash FROM photos WHERE kitchen_id = OLD.kitchen_id
                                 ORDER BY position, id LIMIT 1)
    WHERE id = OLD.kitchen_id;
END;

-- The kitchen's square, here too, for the index below. Whoever inserts a booking says it: a
-- trigger that did would make each insert look through all that refers to bookings.
ALTER TABLE bookings ADD COLUMN cell INTEGER NOT NULL DEFAULT 0;
UPDATE bookings SET cell = (SELECT cell FROM kitchens WHERE id = bookings.kitchen_id);
CREATE TRIGGER kitchens_moved AFTER UPDATE OF cell ON kitchens WHEN NEW.cell <> OLD.cell BEGIN
    UPDATE bookings SET cell = NEW.cell WHERE kitchen_id = NEW.id;
END;

-- What takes a kitchen's time: each booking that has not ended early (expired, declined or
-- canceled) has its cells, in one run.
CREATE INDEX bookings_near ON bookings
    (cell, kitchen_id, start_at, end_at, buffer_before_min, buffer_after_min, ended_at)
    WHERE ended_at IS NULL;

-- As in 0004, with what is compared first.
DROP INDEX kitchens_search;
CREATE INDEX kitchens_search ON kitchens
    (cell, id, bookable, equipment_mask, rate_cents, min_min, lat, lng, offpeak_rate_cents,
     cleaning_cents, rating_sum, rating_count)
    WHERE bookable = 1;

-- What an offer shows, and what is asked of a kitchen's hours.
CREATE INDEX kitchens_offers ON kitchens
    (cell, id, bookable, slug, title, city, region, timezone, kitchen_type, offpeak_start_min,
     offpeak_end_min, max_min, step_min, notice_min, buffer_before_min, buffer_after_min,
     policy, instant_book, week, cover)
    WHERE bookable = 1;

-- The words of each kitchen (title, description, city, equipment), as stems, by place: what
-- is asked is always "near here", and an index of words over the whole country answers that
-- by walking all kitchens that have the word. Both tables are kept by domain/words.c.
CREATE TABLE kitchen_words (
    word       TEXT NOT NULL,                    -- as db_words() makes it of a text
    cell       INTEGER NOT NULL,                 -- the kitchen's
    kitchen_id INTEGER NOT NULL REFERENCES kitchens (id),
    PRIMARY KEY (word, cell, kitchen_id)
) STRICT, WITHOUT ROWID;
-- What of that is a kitchen's, to take it away again.
CREATE TABLE kitchen_texts (
    kitchen_id INTEGER PRIMARY KEY REFERENCES kitchens (id),
    cell       INTEGER NOT NULL,
    words      TEXT NOT NULL                     -- a JSON array, in order
) STRICT;
CREATE VIRTUAL TABLE kitchen_vocabulary USING fts5vocab (kitchen_text, instance);
INSERT INTO kitchen_words (word, cell, kitchen_id)
SELECT DISTINCT v.term, k.cell, k.id FROM kitchen_vocabulary v JOIN kitchens k ON k.id = v.doc
WHERE v.col <> 'place' AND length(CAST(v.term AS BLOB)) <= 40;
INSERT INTO kitchen_texts (kitchen_id, cell, words)
SELECT kitchen_id, cell, json_group_array(word)
FROM (SELECT kitchen_id, cell, word FROM kitchen_words ORDER BY kitchen_id, word)
GROUP BY kitchen_id, cell;
DROP TABLE kitchen_vocabulary;
DROP TABLE kitchen_text;
