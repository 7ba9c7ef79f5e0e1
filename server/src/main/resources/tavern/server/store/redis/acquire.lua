-- Makes the caller the owner, unless the lease of another holder has not expired.
-- KEYS  lease, fence, rooms, meta
-- ARGV  1 holder  2 milliseconds  3 the room's name, '' for other leases
-- Returns {0, holder, remaining milliseconds} | {1, fence}
local lease = ask('GET', KEYS[1])
if lease then
  local holder = string.match(lease, '^%d+ (.*)$')
  if not holder then
    refuse(KEYS[1], 'is not a lease of ours')
  end
  if holder ~= ARGV[1] then
    return {0, holder, redis.call('PTTL', KEYS[1])}
  end
end
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
