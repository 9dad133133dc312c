-- wrk: each request books two hours at noon of its own kitchen and day, with a key of
-- its own. COOKIE, CSRF, KITCHENS, FIRST (a number that no other run uses), DAYS (a list
-- of dates) and WHERE (a path, with %d where a kitchen's number goes) come from run.sh.
local kitchens = tonumber(os.getenv("KITCHENS"))
local n = tonumber(os.getenv("FIRST"))
local where = os.getenv("WHERE")
local days = {}
for day in os.getenv("DAYS"):gmatch("%S+") do days[#days + 1] = day end

wrk.method = "POST"
wrk.headers["Cookie"] = os.getenv("COOKIE")
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function request()
    n = n + 1
    local body = string.format(
        "csrf=%s&idempotency_key=bench-%020d&date=%s&start=12:00&end=14:00&guest_count=1&purpose=bench",
        os.getenv("CSRF"), n, days[math.floor(n / kitchens) % #days + 1])
    return wrk.format(nil, string.format(where, n % kitchens + 1), nil, body)
end

function done(summary, latency)
    io.write(string.format("RESULT %.0f %.2f %.2f %d\n",
        summary.requests / (summary.duration / 1e6),
        latency:percentile(50) / 1000, latency:percentile(95) / 1000, summary.errors.status))
end
