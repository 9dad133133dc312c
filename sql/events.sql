-- query: events_add
INSERT INTO stripe_events (event_id, type, object_id, account, created, livemode,
    api_version, payload, received_at, processed_at, error)
VALUES (:event_id, :type, :object_id, :account, :created, :livemode, :api_version, :payload,
    :now_at, :processed_at, :error)
ON CONFLICT (event_id) DO NOTHING

-- query: events_wait
UPDATE stripe_events SET processed_at = NULL WHERE event_id = :event_id

-- query: events_due
-- scan: an index of those only that wait, in order
SELECT event_id AS id FROM stripe_events
WHERE processed_at IS NULL AND received_at <= :now_at - 10 * tries * tries
ORDER BY received_at LIMIT :max

-- query: events_get
SELECT event_id, type, object_id, account, payload FROM stripe_events
WHERE event_id = :event_id AND processed_at IS NULL

-- query: events_done
UPDATE stripe_events SET processed_at = :now_at, tries = tries + 1, error = ''
WHERE event_id = :event_id

-- query: events_done_with
-- What came before its object was read is told by the object.
UPDATE stripe_events SET processed_at = :now_at, error = ''
WHERE object_id = :object_id AND account = :account AND processed_at IS NULL
  AND received_at < :now_at

-- query: events_failed
UPDATE stripe_events SET tries = tries + 1, error = :error WHERE event_id = :event_id

-- query: events_forget
-- The row stays: that it is there says that the event is known.
UPDATE stripe_events SET payload = '{}'
WHERE event_id IN (SELECT event_id FROM stripe_events
                   WHERE payload <> '{}' AND processed_at < :before_at
                   ORDER BY processed_at LIMIT :max)
