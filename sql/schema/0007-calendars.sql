-- The feed of somebody's bookings. Its address is made from this number and the site's
-- key, so a new number is a new address; 0: there is none.

ALTER TABLE users ADD COLUMN calendar_number INTEGER NOT NULL DEFAULT 0;
