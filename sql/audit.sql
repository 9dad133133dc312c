-- query: audit_add
INSERT INTO audit (at, actor_id, actor_role, action, subject, subject_id, detail, request_id)
VALUES (:at, :actor_id, :actor_role, :action, :subject, :subject_id, :detail, :request_id)

-- query: audit_of
SELECT a.id, a.at, COALESCE(u.full_name, 'Prep') AS actor, a.actor_role, a.action,
       a.subject, a.subject_id, a.detail, a.request_id
FROM audit a LEFT JOIN users u ON u.id = a.actor_id
WHERE a.subject = :subject AND a.subject_id = :subject_id
ORDER BY a.id DESC LIMIT :max

-- query: audit_has
SELECT EXISTS (SELECT 1 FROM audit WHERE subject = :subject AND subject_id = :subject_id
               AND action = :action) AS has

-- query: audit_page
SELECT a.id, a.at, COALESCE(u.full_name, 'Prep') AS actor, a.actor_role, a.action,
       a.subject, a.subject_id, a.detail, a.request_id
FROM audit a LEFT JOIN users u ON u.id = a.actor_id
WHERE a.id < :before_id
ORDER BY a.id DESC LIMIT :max

-- What was decided of a kitchen, or asked to be.
-- query: audit_decisions
SELECT a.id, a.at, COALESCE(u.full_name, 'Prep') AS actor, a.actor_role, a.action,
       a.subject, a.subject_id, a.detail, a.request_id
FROM audit a LEFT JOIN users u ON u.id = a.actor_id
WHERE a.subject = 'kitchen' AND a.subject_id = :kitchen_id AND a.action IN ('kitchen.submit',
      'kitchen.approve', 'kitchen.request_changes', 'kitchen.reject', 'kitchen.suspend',
      'kitchen.restore')
ORDER BY a.id DESC LIMIT :max

-- The same of its papers; the subject is a paper's kind.
-- query: audit_paper_decisions
-- sort: a kitchen has a hundred papers at most, each decided a few times
SELECT a.id, a.at, COALESCE(u.full_name, 'Prep') AS actor, a.actor_role, a.action,
       d.kind AS subject, a.subject_id, a.detail, a.request_id
FROM documents d CROSS JOIN audit a ON a.subject = 'document' AND a.subject_id = d.id
     LEFT JOIN users u ON u.id = a.actor_id
WHERE d.kitchen_id = :kitchen_id AND a.action IN ('document.approve', 'document.reject',
      'document.expire')
ORDER BY a.id DESC LIMIT :max
