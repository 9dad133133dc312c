-- query: kitchens_get
SELECT k.*, COALESCE(NULLIF(u.business_name, ''), u.full_name) AS host_name,
       u.created_at AS host_since_at
FROM kitchens k JOIN users u ON u.id = k.host_id
WHERE k.id = :id

-- query: kitchens_spaces
-- sort: a kitchen has a handful of spaces
SELECT id, kind, name, rate_cents, capacity, active FROM spaces
WHERE kitchen_id = :kitchen_id ORDER BY kind DESC, id LIMIT :max

-- query: kitchens_equipment
SELECT item, quantity FROM kitchen_equipment WHERE kitchen_id = :kitchen_id ORDER BY item

-- query: kitchens_zone
SELECT timezone FROM kitchens WHERE host_id = :host_id ORDER BY id LIMIT 1

-- query: kitchens_cities
-- scan: counts all kitchens, once in five minutes a worker
-- sort: by that count
SELECT c.city, c.region, c.kitchens, k.lat, k.lng
FROM (SELECT city, region, COUNT(*) AS kitchens, MIN(id) AS id
      FROM kitchens INDEXED BY kitchens_offers WHERE bookable = 1
      GROUP BY region, city ORDER BY COUNT(*) DESC, city LIMIT :max) c
     JOIN kitchens k ON k.id = c.id
ORDER BY c.kitchens DESC, c.city
