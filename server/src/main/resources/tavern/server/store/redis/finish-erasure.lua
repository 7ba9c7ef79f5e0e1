-- Frees the name of an erased player.
-- KEYS  erasures
-- ARGV  1 player  2 name
-- Returns {}
local begun = ask('HGET', KEYS[1], ARGV[2])
-- A later erasure of another player who had the same name goes on.
if begun and string.match(begun, '^%d+') == ARGV[1] then
  redis.call('HDEL', KEYS[1], ARGV[2])
end
return {}
