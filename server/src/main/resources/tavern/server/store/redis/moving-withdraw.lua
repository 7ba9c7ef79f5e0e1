-- Withdraws the offer of a room.
-- KEYS  fence, moving
-- ARGV  1 fence
-- Returns {1} when the room is the caller's, {0} when another server has it
if ask('GET', KEYS[1]) ~= ARGV[1] then
  return {0}
end
redis.call('DEL', KEYS[2])
return {1}
