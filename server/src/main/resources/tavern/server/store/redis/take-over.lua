-- Takes what another server has left for this one: a session, unless its player has logged in since, or a message.
-- KEYS  1 what was left  2 presence
-- ARGV  1 this server  2 channel of changes  3 announcer  4 Redis' clock from which on the caller may have given up, in
--       milliseconds
-- Returns {} for nothing, {message, number of the login}, {message, 0}, or {0} when it is too late
if nowMillis() >= tonumber(ARGV[4]) then
  return {0}
end
local left = ask('GET', KEYS[1])
if not left then
  return {}
end
local player, login, from = string.match(left, '^(%d+) (%d+) ()')
if not player then
  refuse(KEYS[1], 'is not what a server has left')
end
local message = string.sub(left, from)
if player == '0' then
  redis.call('DEL', KEYS[1])
  return {message, '0'}
end
local known = ask('HGET', KEYS[2], player)
local newest = '0'
if known then
  newest = string.match(known, '^(%d+) %S+$')
end
if not newest then
  refuse(KEYS[2], player .. ' is not a login of ours')
end
redis.call('DEL', KEYS[1])
if not atLeast(login, newest) then
  return {}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local number = string.format('%.0f', math.max(now, tonumber(login) + 1))
redis.call('HSET', KEYS[2], player, number .. ' ' .. ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' login ' .. player .. ' ' .. number)
return {message, number}
