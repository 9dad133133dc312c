-- Keeping what search reads in step with a kitchen. SQLite only (FTS5).

-- query: search_set_cell
UPDATE kitchens SET cell = :cell WHERE id = :kitchen_id

-- query: search_forget_text
-- scan: one row of the full-text table by its rowid
DELETE FROM kitchen_text WHERE rowid = :kitchen_id

-- query: search_add_text
INSERT INTO kitchen_text (rowid, title, description, equipment, place)
VALUES (:kitchen_id, :title, :description, :equipment, :place)
