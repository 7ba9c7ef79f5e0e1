-- Reads which rooms with games are due, those that are due for longest first. Changes nothing.
-- KEYS  rooms that are due    (the rooms' keys are only known here; they have the same tag)
-- ARGV  1 until when  2 how many at most  3 prefix of rooms with games
-- Returns {room, its type, when it is due ...}
ask('ZCARD', KEYS[1])
local answer = {}
for _, room in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', '0', ARGV[2])) do
  local key = ARGV[3] .. room
  local kept = redis.pcall('HMGET', key, 'type', 'due')
  if kept.err or not kept[2] then
    refuse(key, kept.err or 'is missing')
  end
  local n = #answer
  answer[n + 1], answer[n + 2], answer[n + 3] = room, kept[1], kept[2]
end
return answer
