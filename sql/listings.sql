-- query: listings_create
INSERT INTO kitchens (host_id, title, slug, description, kitchen_type, address, city, region,
    postal_code, lat, lng, cell, timezone, square_feet, capacity, equipment_mask, feature_mask,
    restrictions, accessibility, certifications, rate_cents, offpeak_rate_cents,
    offpeak_start_min, offpeak_end_min, cleaning_cents, deposit_cents, min_min, max_min, step_min,
    notice_min, buffer_before_min, buffer_after_min, policy, instant_book, access_notes,
    created_at, updated_at)
VALUES (:host_id, :title, :slug, :description, :kitchen_type, :address, :city, :region,
    :postal_code, :lat, :lng, 0, :timezone, :square_feet, :capacity, :equipment_mask,
    :feature_mask, :restrictions, :accessibility, :certifications, :rate_cents,
    :offpeak_rate_cents, :offpeak_start_min, :offpeak_end_min, :cleaning_cents, :deposit_cents,
    :min_min, :max_min, :step_min, :notice_min, :buffer_before_min, :buffer_after_min, :policy,
    :instant_book, :access_notes, :now_at, :now_at)

-- An active one that MOVED is looked at again.
-- query: listings_save
UPDATE kitchens SET title = :title, slug = :slug, description = :description,
    kitchen_type = :kitchen_type, address = :address, city = :city, region = :region,
    postal_code = :postal_code, lat = :lat, lng = :lng, timezone = :timezone,
    square_feet = :square_feet, capacity = :capacity, equipment_mask = :equipment_mask,
    feature_mask = :feature_mask, restrictions = :restrictions, accessibility = :accessibility,
    certifications = :certifications, rate_cents = :rate_cents,
    offpeak_rate_cents = :offpeak_rate_cents, offpeak_start_min = :offpeak_start_min,
    offpeak_end_min = :offpeak_end_min, cleaning_cents = :cleaning_cents,
    deposit_cents = :deposit_cents, min_min = :min_min, max_min = :max_min, step_min = :step_min,
    notice_min = :notice_min, buffer_before_min = :buffer_before_min,
    buffer_after_min = :buffer_after_min, policy = :policy, instant_book = :instant_book,
    access_notes = :access_notes, updated_at = :now_at, version = version + 1,
    state = CASE WHEN :moved <> 0 AND state = 'active' THEN 'pending_approval' ELSE state END
WHERE id = :id AND version = :version

-- query: listings_clear_equipment
DELETE FROM kitchen_equipment WHERE kitchen_id = :kitchen_id

-- query: listings_add_equipment
INSERT INTO kitchen_equipment (kitchen_id, item, quantity) VALUES (:kitchen_id, :item, :quantity)

-- query: listings_add_space
INSERT INTO spaces (kitchen_id, kind, name, rate_cents, capacity)
VALUES (:kitchen_id, :kind, :name, :rate_cents, :capacity)

-- query: listings_count_spaces
SELECT COUNT(*) AS spaces FROM spaces WHERE kitchen_id = :kitchen_id

-- query: listings_set_whole
UPDATE spaces SET capacity = :capacity WHERE kitchen_id = :kitchen_id AND kind = 'whole'

-- query: listings_set_space
UPDATE spaces SET active = :active
WHERE id = :space_id AND kitchen_id = :kitchen_id AND kind = 'station'

-- query: listings_set_state
UPDATE kitchens SET state = :state, reason = :reason, updated_at = :now_at, version = version + 1
WHERE id = :id AND state = :was AND version = :version

-- One kitchen, or all of a host: the other is 0.
-- query: listings_refresh
UPDATE kitchens SET bookable = (state = 'active'
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = kitchens.host_id AND u.state = 'active')
    AND EXISTS (SELECT 1 FROM host_accounts a
                WHERE a.user_id = kitchens.host_id AND a.transfers_active = 1)
    AND (SELECT COUNT(DISTINCT d.kind) FROM documents d
         WHERE d.kitchen_id = kitchens.id AND d.state = 'approved' AND d.expires_day >= :today
           AND d.kind IN ('health_permit', 'business_license', 'insurance')) = 3)
WHERE id IN (SELECT :id UNION ALL SELECT h.id FROM kitchens h WHERE h.host_id = :host_id)

-- query: listings_count_of_host
SELECT COUNT(*) AS kitchens FROM kitchens WHERE host_id = :host_id

-- query: listings_needs
SELECT
    EXISTS (SELECT 1 FROM host_accounts a
            WHERE a.user_id = k.host_id AND a.transfers_active = 1) AS transfers,
    EXISTS (SELECT 1 FROM weekly_windows w WHERE w.kitchen_id = k.id) AS windows,
    EXISTS (SELECT 1 FROM photos p WHERE p.kitchen_id = k.id) AS photos,
    (SELECT GROUP_CONCAT(d.kind) FROM documents d
     WHERE d.kitchen_id = k.id AND d.state = 'approved' AND d.expires_day >= :today) AS papers
FROM kitchens k WHERE k.id = :id

-- query: listings_mine
SELECT k.id, k.version, k.updated_at, k.title, k.slug, k.city, k.region, k.state, k.reason,
    k.rate_cents, k.bookable, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    COALESCE((SELECT hash FROM photos p WHERE p.kitchen_id = k.id ORDER BY p.position, p.id LIMIT 1), '') AS cover,
    EXISTS (SELECT 1 FROM host_accounts a
            WHERE a.user_id = k.host_id AND a.transfers_active = 1) AS transfers,
    (SELECT GROUP_CONCAT(d.kind) FROM documents d
     WHERE d.kitchen_id = k.id AND d.state = 'approved' AND d.expires_day >= :today) AS papers
FROM kitchens k JOIN users u ON u.id = k.host_id
WHERE k.host_id = :host_id AND k.id < :before_id ORDER BY k.id DESC LIMIT :max

-- query: listings_all
SELECT k.id, k.version, k.updated_at, k.title, k.slug, k.city, k.region, k.state, k.reason,
    k.rate_cents, k.bookable, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    '' AS cover, 0 AS transfers, '' AS papers
FROM kitchens k JOIN users u ON u.id = k.host_id
WHERE k.id < :before_id ORDER BY k.id DESC LIMIT :max

-- query: listings_in_state
SELECT k.id, k.version, k.updated_at, k.title, k.slug, k.city, k.region, k.state, k.reason,
    k.rate_cents, k.bookable, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    '' AS cover, 0 AS transfers, '' AS papers
FROM kitchens k JOIN users u ON u.id = k.host_id
WHERE k.state = :state AND k.id < :before_id ORDER BY k.id DESC LIMIT :max

-- query: listings_waiting
-- sort: what waits is a handful
SELECT k.id, k.version, k.updated_at, k.title, k.slug, k.city, k.region, k.state, k.reason,
    k.rate_cents, k.bookable, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
    '' AS cover, 0 AS transfers, '' AS papers
FROM kitchens k JOIN users u ON u.id = k.host_id
WHERE k.state = 'pending_approval' ORDER BY k.updated_at, k.id LIMIT :max

-- query: listings_waiting_count
SELECT COUNT(*) AS waiting FROM kitchens WHERE state = 'pending_approval'
