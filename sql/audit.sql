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
