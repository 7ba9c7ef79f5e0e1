-- Stops something, or permits it again. Each change gets a version larger than any before, even when data was lost.
-- KEYS  freezes
-- ARGV  1 what, scope and target  2 since when and why ('' lifts it)  3 the largest number of freezes
--       4 since when it has been stopped, as far as the operator knows ('0': it is not)
-- Returns {1} when it was done | {0} when the number is reached | {-1} when the freeze is not the one that was seen
local version = whole(ask('HGET', KEYS[1], 'version') or '0', KEYS[1], 'version')
local known = ask('HGET', KEYS[1], ARGV[1])
if (known and string.match(known, '^%d+') or '0') ~= ARGV[4] then
  return {-1}
end
-- The version is a field too.
if ARGV[2] ~= '' and not known and ask('HLEN', KEYS[1]) > tonumber(ARGV[3]) then
  return {0}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', math.max(now, tonumber(version) + 1)))
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return {1}
