-- Takes what another server has left for this one: a session, unless its player has logged in since, or a message. A session is
-- kept for a while, so that a caller whom the answer did not reach gets it when it asks again, unless the player has logged in since.
-- KEYS  1 what was left  2 presence  3 what was taken
-- ARGV  1 this server  2 channel of changes  3 announcer  4 Redis' clock from which on the caller may have given up, in
--       milliseconds  5 milliseconds for which what was taken is kept
-- Returns {} for nothing, {message, number of the login}, {message, 0}, or {0} when it is too late
if nowMillis() >= tonumber(ARGV[4]) then
  return {0}
end
local function found(key)
  local text = ask('GET', key)
  if not text then
    return nil
  end
  local player, login, start = string.match(text, '^(%d+) (%d+) ()')
  if not player then
    refuse(key, 'is not what a server has left')
  end
  local newest = player ~= '0' and ask('HGET', KEYS[2], player)
  if newest then
    newest = string.match(newest, '^(%d+) %S+$') or refuse(KEYS[2], player .. ' is not a login of ours')
  end
  return string.sub(text, start), player, login, atLeast(login, newest or '0')
end
local message, player, login, isNewest = found(KEYS[3])
if message then
  if not isNewest then
    redis.call('DEL', KEYS[3])
    return {}
  end
  return {message, login}
end
message, player, login, isNewest = found(KEYS[1])
if not message then
  return {}
end
redis.call('DEL', KEYS[1])
if not isNewest then
  return {}
end
if player == '0' then
  return {message, '0'}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local number = string.format('%.0f', math.max(now, tonumber(login) + 1))
redis.call('HSET', KEYS[2], player, number .. ' ' .. ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' login ' .. player .. ' ' .. number)
redis.call('SET', KEYS[3], player .. ' ' .. number .. ' ' .. message, 'PX', ARGV[5])
return {message, number}
