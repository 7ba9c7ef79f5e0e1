-- Removes rooms that nobody has used for some time, by Redis' clock or the caller's, whichever is earlier. Those whose
-- lease is held or whose game is due at some time count as used now, and so do those whose fence is not ours.
-- KEYS  rooms, meta, rooms that are due    (the rooms' keys are only known here; they have the same tag)
-- ARGV  1 for how long unused rooms are kept, in milliseconds  2 now by the clock of the server that asks
--       3 how many at most  4 prefix of all keys
-- Returns {how many were looked at} | {-1} if not all rooms are in the index
ask('ZCARD', KEYS[1])
ask('ZCARD', KEYS[3])
if not ask('HGET', KEYS[2], 'rooms-indexed') then
  return {-1}
end
local floor = whole(ask('HGET', KEYS[2], 'floor') or '0', KEYS[2], 'floor')
local now = nowMillis()
local before = string.format('%.0f', math.min(now, tonumber(ARGV[2])) - ARGV[1])
local rooms = redis.call('ZRANGE', KEYS[1], '-inf', before, 'BYSCORE', 'LIMIT', '0', ARGV[3])
for _, room in ipairs(rooms) do
  local fence = redis.pcall('GET', ARGV[4] .. 'fence:room:' .. room) or '0'
  local ours = type(fence) == 'string' and string.find(fence, '^%d+$')
  if not ours or redis.call('EXISTS', ARGV[4] .. 'lease:room:' .. room) == 1
      or redis.call('ZSCORE', KEYS[3], room) then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), room)
  else
    if not atLeast(floor, fence) then
      floor = fence
      redis.call('HSET', KEYS[2], 'floor', floor)
    end
    redis.call('UNLINK', ARGV[4] .. 'chat:' .. room, ARGV[4] .. 'position:' .. room, ARGV[4] .. 'game:' .. room,
      ARGV[4] .. 'fence:room:' .. room)
    redis.call('ZREM', KEYS[1], room)
  end
end
return {#rooms}
