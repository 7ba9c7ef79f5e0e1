-- Keeps the state of a room with a game after a turn that moves no goods, writes no values and has no events.
-- KEYS  fence, game, rooms that are due, meta
-- ARGV  1 fence  2 room  3 at  4 type  5 revision of the turn before  6 revision  7 when the room is due, '' for never
--       8 state
-- Returns what transact does: {-1, newest fence} | {0, outcome} if the room has this revision | {1, outcome, 0} if it has
--       another one | {2, 0, 0}
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
local reply, dueBefore = checkTurn(KEYS[2], KEYS[3], ARGV[2], ARGV[5], ARGV[6], ARGV[3])
if reply then
  return reply
end
requireOurs(ask('HGET', KEYS[4], 'schema'), KEYS[4])
keepTurn(KEYS[2], KEYS[3], ARGV[2], ARGV[1], ARGV[6], ARGV[4], ARGV[7], ARGV[8], dueBefore)
return {2, 0, 0}
