-- wrk: each request delivers the next of the signed events in the file SIGNED, to WHERE.
local signed = {}
local n = 0
for line in io.lines(os.getenv("SIGNED")) do
    local header, body = line:match("^([^\t]*)\t(.*)$")
    signed[#signed + 1] = { header, body }
end

local where = os.getenv("WHERE")
wrk.method = "POST"

function request()
    n = n % #signed + 1
    return wrk.format(nil, where,
        { ["Content-Type"] = "application/json", ["Stripe-Signature"] = signed[n][1] }, signed[n][2])
end

function done(summary, latency)
    io.write(string.format("RESULT %.0f %.2f %.2f %d %d\n",
        summary.requests / (summary.duration / 1e6),
        latency:percentile(50) / 1000, latency:percentile(95) / 1000, summary.errors.status, summary.requests))
end
