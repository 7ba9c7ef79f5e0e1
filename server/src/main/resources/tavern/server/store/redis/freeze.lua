-- Stops something, or lets it go on. Each change gets a version larger than any before, also when data was lost.
-- KEYS  freezes
-- ARGV  1 what, scope and target  2 since when and why ('' lifts it)  3 how many there may be
-- Gives {1} when it was done | {0} when there are as many already, or none to lift
local version = whole(ask('HGET', KEYS[1], 'version') or '0', KEYS[1], 'version')
local known = ask('HGET', KEYS[1], ARGV[1])
if ARGV[2] == '' and not known then
  return {0}
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
