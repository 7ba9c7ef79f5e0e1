-- Makes the caller the owner, unless another holder's lease has not run out.
-- KEYS  lease, fence
-- ARGV  1 holder  2 milliseconds
-- Gives {0, holder, remaining milliseconds} | {1, fence}
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
local time = redis.call('TIME')
-- Microseconds fit a double exactly until the year 2255. The clock keeps the fence growing when data was lost; when the
-- clock went back, a million is left for the lines of chat that are numbered from a fence on.
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local fence = string.format('%.0f', math.max(now, tonumber(last) + 1000000))
redis.call('SET', KEYS[2], fence)
redis.call('SET', KEYS[1], fence .. ' ' .. ARGV[1], 'PX', ARGV[2])
return {1, fence}
