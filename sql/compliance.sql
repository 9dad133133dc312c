-- query: compliance_add
INSERT INTO documents (kitchen_id, kind, number, authority, issued_day, expires_day, hash, mime,
    bytes, file_name, created_at)
VALUES (:kitchen_id, :kind, :number, :authority, :issued_day, :expires_day, :hash, :mime,
    :bytes, :file_name, :now_at)

-- query: compliance_count
SELECT COUNT(*) AS documents FROM documents WHERE kitchen_id = :kitchen_id

-- query: compliance_uses
-- scan: only when an upload has failed half-way
SELECT EXISTS (SELECT 1 FROM documents WHERE hash = :hash) AS used

-- query: compliance_get
SELECT d.*, k.host_id, k.title, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    COALESCE(s.full_name, '') AS decider
FROM documents d JOIN kitchens k ON k.id = d.kitchen_id JOIN users u ON u.id = k.host_id
    LEFT JOIN users s ON s.id = d.decided_by
WHERE d.id = :id

-- query: compliance_of
-- sort: a kitchen has a hundred at most
SELECT d.*, k.host_id, k.title, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    COALESCE(s.full_name, '') AS decider
FROM documents d JOIN kitchens k ON k.id = d.kitchen_id JOIN users u ON u.id = k.host_id
    LEFT JOIN users s ON s.id = d.decided_by
WHERE d.kitchen_id = :kitchen_id ORDER BY d.id DESC LIMIT :max

-- query: compliance_in_state
SELECT d.*, k.host_id, k.title, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    COALESCE(s.full_name, '') AS decider
FROM documents d JOIN kitchens k ON k.id = d.kitchen_id JOIN users u ON u.id = k.host_id
    LEFT JOIN users s ON s.id = d.decided_by
WHERE d.state = :state AND d.id < :before_id ORDER BY d.id DESC LIMIT :max

-- query: compliance_waiting
SELECT d.*, k.host_id, k.title, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    '' AS decider
FROM documents d JOIN kitchens k ON k.id = d.kitchen_id JOIN users u ON u.id = k.host_id
WHERE d.state = 'pending' ORDER BY d.id LIMIT :max

-- query: compliance_waiting_count
SELECT COUNT(*) AS waiting FROM documents WHERE state = 'pending'

-- query: compliance_newer
SELECT EXISTS (SELECT 1 FROM documents
    WHERE kitchen_id = :kitchen_id AND kind = :kind AND id > :id AND state = 'approved') AS newer

-- query: compliance_decide
UPDATE documents SET state = :state, reason = :reason, decided_by = :decided_by, decided_at = :now_at
WHERE id = :id AND state = :was

-- query: compliance_supersede
UPDATE documents SET state = 'superseded'
WHERE kitchen_id = :kitchen_id AND kind = :kind AND id < :id AND state = 'approved'

-- query: compliance_overdue
SELECT id FROM documents INDEXED BY documents_expiring
WHERE state = 'approved' AND expires_day < :today ORDER BY expires_day LIMIT :max

-- query: compliance_expire
UPDATE documents SET state = 'expired' WHERE id = :id AND state = 'approved' AND expires_day < :today
