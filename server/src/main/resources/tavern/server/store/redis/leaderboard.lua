-- Reads players of a leaderboard, best first. Changes nothing.
-- KEYS  board    (players' keys are only known here; they have the same tag)
-- ARGV  1 how many players to leave out  2 member around whom to read instead ('' for nobody)  3 how many at most
--       4 prefix of players' keys
-- Returns {how many are on the board, rank before the first, then of each member, score, name ('' if there is none)}
local board, from, most = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[3])
local answer = {ask('ZCARD', board), from}
if ARGV[2] ~= '' then
  local rank = ask('ZRANK', board, ARGV[2])
  if not rank then
    return answer
  end
  from = math.max(0, rank - math.floor(most / 2))
  answer[2] = from
end
local rows = redis.call('ZRANGE', board, from, from + most - 1, 'WITHSCORES')
for i = 1, #rows, 2 do
  local n = #answer
  answer[n + 1], answer[n + 2] = rows[i], rows[i + 1]
  answer[n + 3] = ask('HGET', ARGV[4] .. string.gsub(rows[i], '^0*', ''), 'name') or ''
end
return answer
