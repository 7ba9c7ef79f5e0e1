-- Gives a lease up, if it is the caller's.
-- KEYS  lease
-- ARGV  1 fence
local lease = ask('GET', KEYS[1])
if lease and string.match(lease, '^(%d+) ') == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return {1}
