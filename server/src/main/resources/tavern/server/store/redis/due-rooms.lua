-- Reads which rooms with games are due, those that are due for longest first. Changes nothing.
-- KEYS  rooms that are due    (the rooms' keys are only known here; they have the same tag)
-- ARGV  1 until when  2 how many at most  3 prefix of rooms with games  4 how many that are not ours to name at most
-- Returns {room, its type, when it is due ...}; of those that are not ours, which count as none, {room, false, why}
ask('ZCARD', KEYS[1])
local answer, found, foreign, from = {}, 0, 0, 0
local most, named = tonumber(ARGV[2]), tonumber(ARGV[4])
repeat
  local page = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', from, most - found)
  from = from + #page
  for _, room in ipairs(page) do
    local key = ARGV[3] .. room
    local kept = redis.pcall('HMGET', key, 'type', 'due')
    local why = kept.err or not (kept[1] and kept[2]) and 'is missing'
      or (#kept[2] > 19 or not string.find(kept[2], '^-?%d+$')) and 'due is not a number of ours'
    if not why then
      found = found + 1
    else
      foreign = foreign + 1
    end
    if not why or foreign <= named then
      local n = #answer
      answer[n + 1], answer[n + 2], answer[n + 3] = room, not why and kept[1], why and key .. ': ' .. why or kept[2]
    end
  end
until #page == 0 or found >= most
return answer
