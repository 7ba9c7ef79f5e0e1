-- Releases a lease, if it is the caller's.
-- KEYS  lease, rooms
-- ARGV  1 fence  2 the room's name, '' for other leases
local lease = ask('GET', KEYS[1])
if lease and string.match(lease, '^(%d+) ') == ARGV[1] then
  if ARGV[2] ~= '' then
    ask('ZSCORE', KEYS[2], ARGV[2])
    redis.call('ZADD', KEYS[2], string.format('%.0f', nowMillis()), ARGV[2])
  end
  redis.call('DEL', KEYS[1])
end
return {1}
