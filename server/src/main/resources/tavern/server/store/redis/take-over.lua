-- Takes what another server has left for this one: a session, unless its player has logged in since, or a message. It is kept
-- for a while, so that a caller whom the answer did not reach gets the same one when it asks again.
-- KEYS  1 what was left  2 presence  3 what was taken
-- ARGV  1 this server  2 channel of changes  3 announcer  4 Redis' clock from which on the caller may have given up, in
--       milliseconds  5 milliseconds for which what was taken is kept
-- Returns {} for nothing, {message, number of the login}, {message, 0}, or {0} when it is too late
if nowMillis() >= tonumber(ARGV[4]) then
  return {0}
end
local function words(key, pattern)
  local text = ask('GET', key)
  if not text then
    return nil
  end
  local first, second, third = string.match(text, pattern)
  if not first then
    refuse(key, 'is not what a server has left')
  end
  return text, first, second, third
end
local taken, number, from = words(KEYS[3], '^(%d+) ()')
if taken then
  return {string.sub(taken, from), number}
end
local left, player, login, start = words(KEYS[1], '^(%d+) (%d+) ()')
if not left then
  return {}
end
local newest = '0'
local known = player ~= '0' and ask('HGET', KEYS[2], player)
if known then
  newest = string.match(known, '^(%d+) %S+$')
  if not newest then
    refuse(KEYS[2], player .. ' is not a login of ours')
  end
end
redis.call('DEL', KEYS[1])
if not atLeast(login, newest) then
  return {}
end
number = '0'
if player ~= '0' then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  number = string.format('%.0f', math.max(now, tonumber(login) + 1))
  redis.call('HSET', KEYS[2], player, number .. ' ' .. ARGV[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' login ' .. player .. ' ' .. number)
end
local message = string.sub(left, start)
redis.call('SET', KEYS[3], number .. ' ' .. message, 'PX', ARGV[5])
return {message, number}
