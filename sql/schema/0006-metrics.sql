-- What monitoring asks for.

ALTER TABLE jobs ADD COLUMN last_ok_at INTEGER NOT NULL DEFAULT 0; -- the last turn without an error; 0: none yet

-- Those that are not open, which have an index already.
CREATE INDEX stripe_ops_settled ON stripe_ops (state) WHERE state IN ('done', 'rejected', 'review');
