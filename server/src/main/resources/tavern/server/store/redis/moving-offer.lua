-- Offers a room to another server, if it is the caller's.
-- KEYS  fence, moving
-- ARGV  1 fence  2 the other server  3 the room  4 milliseconds
-- Returns {1} | {0} when another server has the room
if (ask('GET', KEYS[1]) or '0') ~= ARGV[1] then
  return {0}
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'fence', ARGV[1], 'to', ARGV[2], 'room', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return {1}
