-- Keeps the state of a room with a game after a turn that moves no goods, writes no values and has no events; or after a
-- chain of such turns, of which each follows the one before it, and only the last one's state is kept.
-- KEYS  fence, game, rooms that are due, meta
-- ARGV  1 fence  2 room  3 at  4 type  5 revision of the turn before  6 revision  7 when the room is due, '' for never
--       8 state  9... revisions of the turns of the chain before the last one
-- Returns {-1, newest fence} | {0, revision} if the room has the last turn already | {1, revision} if it has one that is
--       not of the chain, and does not precede it | {2, revision before} if the room is kept
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
-- What is kept may be a turn of the chain itself, whose answer was lost.
local follows = ARGV[5]
if #ARGV > 8 then
  local kept = redis.pcall('HGET', KEYS[2], 'revision')
  for n = 9, #ARGV do
    if ARGV[n] == kept then
      follows = kept
      break
    end
  end
end
local ended, found = checkTurn(KEYS[2], KEYS[3], ARGV[2], follows, ARGV[6], ARGV[3])
if ended then
  return {ended[1], found}
end
requireOurs(ask('HGET', KEYS[4], 'schema'), KEYS[4])
keepTurn(KEYS[2], KEYS[3], ARGV[2], ARGV[1], ARGV[6], ARGV[4], ARGV[7], ARGV[8], found)
return {2, follows}
