-- Makes the caller the owner of a room that is offered to it.
-- KEYS  lease, fence, rooms, meta, moving
-- ARGV  1 holder  2 milliseconds  3 the room's name  4 the caller, as the offer names it
-- Returns {0} | {1, fence}
if ask('HGET', KEYS[5], 'to') ~= ARGV[4] or ask('HGET', KEYS[5], 'fence') ~= ask('GET', KEYS[2]) then
  return {0}
end
redis.call('DEL', KEYS[5])
return grant()
