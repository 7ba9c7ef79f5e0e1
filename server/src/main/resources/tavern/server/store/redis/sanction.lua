-- Bans or mutes a player, or lifts a ban or mute, if the stored sanction is the one that the operator has seen.
-- KEYS  player, changes (a channel)
-- ARGV  1 player  2 announcer ('' for none)  then fields, each with the value seen and the new value
-- Returns {-2} if there is no such player | {0} if the stored sanction is another | {1, the player's hash}
if not ask('HGET', KEYS[1], 'name') then
  return {-2}
end
for i = 3, #ARGV, 3 do
  local stands = ask('HGET', KEYS[1], ARGV[i]) or (ARGV[i] == 'message' and '' or '0')
  if stands ~= ARGV[i + 1] then
    return {0}
  end
end
for i = 3, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
end
if ARGV[2] ~= '' then
  redis.call('PUBLISH', KEYS[2], ARGV[2] .. ' ' .. ARGV[1])
end
return {1, redis.call('HGETALL', KEYS[1])}
