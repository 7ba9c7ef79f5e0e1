-- place
-- Notes on which server a room that nobody has open is to be opened, unless that is noted already: whoever is asked sends
-- players to the same one.
-- KEYS  the room's lease, the note
-- ARGV  1 server  2 milliseconds
-- Returns {the server that is noted, '' when somebody has the lease}
if ask('EXISTS', KEYS[1]) == 1 then
  return {''}
end
local noted = ask('GET', KEYS[2])
if noted then
  return {noted}
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {ARGV[1]}
