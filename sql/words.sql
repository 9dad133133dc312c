-- The words of kitchens. SQLite only (json_each).

-- query: words_get
SELECT cell, words FROM kitchen_texts WHERE kitchen_id = :kitchen_id

-- query: words_set
INSERT INTO kitchen_texts (kitchen_id, cell, words) VALUES (:kitchen_id, :cell, :words)
ON CONFLICT (kitchen_id) DO UPDATE SET cell = excluded.cell, words = excluded.words

-- query: words_forget
-- scan: over the list of words
DELETE FROM kitchen_words
WHERE word IN (SELECT value FROM json_each(:words)) AND cell = :cell AND kitchen_id = :kitchen_id

-- query: words_add
-- scan: over the list of words
INSERT INTO kitchen_words (word, cell, kitchen_id)
SELECT value, :cell, :kitchen_id FROM json_each(:words)

-- query: words_rarest
-- scan: over the list of words, and as much of the band as it takes to see which is rare
-- sort: a handful of words
SELECT j.key AS place FROM json_each(:words) j
ORDER BY (SELECT COUNT(*) FROM (SELECT 1 FROM kitchen_words
                                WHERE word = j.value AND cell BETWEEN :first AND :last
                                LIMIT 300)), j.key
LIMIT 1
