-- For wrk: sends the requests of a file one after the other, round and round, and prints what came back as JSON.
-- Arguments: the file (whole HTTP requests, each ended by byte 30), and the first request to send (from 0).
local requests, position = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for request in file:read("*a"):gmatch("[^\30]+") do
    requests[#requests + 1] = request
  end
  file:close()
  -- wrk asks once for a request that it does not send, to look at it; hence the one less.
  position = (tonumber(arguments[2]) - 1) % #requests
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50_us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
