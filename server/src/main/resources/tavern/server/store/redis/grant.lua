-- Grants a lease with a new fence, whoever has it.
-- KEYS  lease, fence, rooms, meta
-- ARGV  1 holder  2 milliseconds  3 the room's name, '' for other leases
-- Returns {1, fence}
local function grant()
  local last = whole(ask('GET', KEYS[2]) or '0', KEYS[2], 'fence')
  local floor = whole(ask('HGET', KEYS[4], 'floor') or '0', KEYS[4], 'floor')
  if ARGV[3] ~= '' then
    ask('ZSCORE', KEYS[3], ARGV[3])
  end
  local time = redis.call('TIME')
  -- A double holds microseconds exactly until the year 2255. The clock keeps the fence growing when data was lost; the
  -- last fence, and the floor that forgotten rooms have left, do so when the clock went back.
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local fence = string.format('%.0f', math.max(now, tonumber(last) + 1, tonumber(floor) + 1))
  redis.call('SET', KEYS[2], fence)
  redis.call('SET', KEYS[1], fence .. ' ' .. ARGV[1], 'PX', ARGV[2])
  if ARGV[3] ~= '' then
    redis.call('ZADD', KEYS[3], string.format('%.0f', math.floor(now / 1000)), ARGV[3])
  end
  return {1, fence}
end
