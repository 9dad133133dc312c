-- Keeping what search reads in step with a kitchen.

-- query: search_set_cell
UPDATE kitchens SET cell = :cell WHERE id = :kitchen_id
