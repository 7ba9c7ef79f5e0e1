-- Bans or mutes a player, or lifts it.
-- KEYS  player, changes (a channel)
-- ARGV  1 player  2 who announces ('' nobody)  then fields and values
-- Gives {-2} there is no such player | {1, the player's hash}
if not ask('HGET', KEYS[1], 'name') then
  return {-2}
end
for i = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
if ARGV[2] ~= '' then
  redis.call('PUBLISH', KEYS[2], ARGV[2] .. ' ' .. ARGV[1])
end
return {1, redis.call('HGETALL', KEYS[1])}
