-- query: places_put
INSERT INTO places (postal_code, city, city_key, region, lat, lng, import_at)
VALUES (:postal_code, :city, :city_key, :region, :lat, :lng, :import_at)
ON CONFLICT (postal_code, city_key) DO UPDATE SET city = excluded.city,
    region = excluded.region, lat = excluded.lat, lng = excluded.lng,
    import_at = excluded.import_at

-- query: places_forget
-- scan: once for an import, over all of it
DELETE FROM places WHERE import_at <> :import_at

-- query: places_clear_cities
DELETE FROM cities

-- query: places_make_cities
-- scan: once for an import, over all of it
INSERT INTO cities (city_key, region, city, lat, lng, zips)
SELECT city_key, region, min(city), avg(lat), avg(lng), count(*)
FROM places GROUP BY city_key, region

-- query: places_by_postal_code
SELECT postal_code, city, region, lat, lng FROM places
WHERE postal_code = :postal_code ORDER BY city_key LIMIT 1

-- A ZIP code that two states share counts for both.
-- query: places_of_postal_code
-- sort: a ZIP code has a few rows
SELECT postal_code, city, region, lat, lng FROM places
WHERE postal_code = :postal_code ORDER BY region = :region DESC LIMIT 1

-- query: places_any
-- scan: stops at the first row
SELECT EXISTS (SELECT 1 FROM places) AS any_place

-- query: places_by_city
-- sort: a name is borne by a few dozen cities at most
SELECT city, region, lat, lng FROM cities
WHERE city_key = :city_key ORDER BY zips DESC, region LIMIT :max

-- query: places_by_city_and_region
SELECT city, region, lat, lng FROM cities WHERE city_key = :city_key AND region = :region

-- query: places_by_region
SELECT city, region, lat, lng FROM cities
WHERE region = :region ORDER BY zips DESC, city_key LIMIT :max
