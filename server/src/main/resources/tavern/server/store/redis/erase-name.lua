-- Replaces the name of a banned player, and removes the message of the ban and the durable values. The old name stays
-- reserved.
-- KEYS  names, player, changes (a channel), kept, erasures
-- ARGV  1 player  2 name  3 replacement  4 announcer ('' for none)  5 now
-- Returns {0} if the player is not banned, has another name, or does not exist | {1}
local name = ask('HGET', KEYS[2], 'name')
if name == ARGV[2] then
  if tonumber(ask('HGET', KEYS[2], 'banned') or '0') <= tonumber(ARGV[5]) then
    return {0}
  end
  ask('HGET', KEYS[5], ARGV[2])
elseif name ~= ARGV[3] then
  return {0}
end
if ask('HGET', KEYS[1], ARGV[2]) == ARGV[1] then
  redis.call('HDEL', KEYS[1], ARGV[2])
end
if name == ARGV[2] then
  redis.call('HSET', KEYS[5], ARGV[2], ARGV[1] .. ' ' .. ARGV[5])
end
redis.call('HSET', KEYS[2], 'name', ARGV[3])
redis.call('HDEL', KEYS[2], 'message', 'reason')
-- Later versions stay larger than those of values that are gone.
local version = ask('HGET', KEYS[4], 'version')
if version then
  redis.call('UNLINK', KEYS[4])
  redis.call('HSET', KEYS[4], 'version', version)
end
if ARGV[4] ~= '' then
  redis.call('PUBLISH', KEYS[3], ARGV[4] .. ' erased ' .. ARGV[1])
end
return {1}
