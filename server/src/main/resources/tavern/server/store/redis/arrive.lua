-- Notes on which server a player is. The newest login counts.
-- KEYS  presence
-- ARGV  1 player  2 server  3 '' for a new login, or the number of one that may have been lost  4 channel of changes
--       5 announcer  6 Redis' clock from which on the caller may have given up, in milliseconds; '' for never
-- Returns {number, server} of the newest login | {0} when it is too late
if ARGV[6] ~= '' and nowMillis() >= tonumber(ARGV[6]) then
  return {0}
end
local known = ask('HGET', KEYS[1], ARGV[1])
local newest, server = '0', ARGV[2]
if known then
  newest, server = string.match(known, '^(%d+) (%S+)$')
  if not newest then
    refuse(KEYS[1], ARGV[1] .. ' is not a login of ours')
  end
end
local number = ARGV[3]
if number == '' then
  -- Numbers follow the clock, so that they go on growing when data was lost; a double holds microseconds exactly.
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  number = string.format('%.0f', math.max(now, tonumber(newest) + 1))
elseif atLeast(newest, number) then
  return {newest, server}
end
redis.call('HSET', KEYS[1], ARGV[1], number .. ' ' .. ARGV[2])
redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' login ' .. ARGV[1] .. ' ' .. number)
return {number, ARGV[2]}
