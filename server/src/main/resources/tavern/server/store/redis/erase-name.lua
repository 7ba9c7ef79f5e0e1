-- Replaces the name of a banned player, and removes the message of the ban, the durable values, and the player from all
-- leaderboards. The old name stays reserved.
-- KEYS  names, player, changes (a channel), kept, erasures, boards    (the boards' keys are only known here; they have the same tag)
-- ARGV  1 player  2 name  3 replacement  4 announcer ('' for none)  5 now  6 prefix of boards  7 member of boards
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
local boards = ask('SMEMBERS', KEYS[6])
for _, board in ipairs(boards) do
  ask('ZCARD', ARGV[6] .. board)
end
if ask('HGET', KEYS[1], ARGV[2]) == ARGV[1] then
  redis.call('HDEL', KEYS[1], ARGV[2])
end
if name == ARGV[2] then
  redis.call('HSET', KEYS[5], ARGV[2], ARGV[1] .. ' ' .. ARGV[5])
end
redis.call('HSET', KEYS[2], 'name', ARGV[3])
redis.call('HDEL', KEYS[2], 'message', 'reason')
for _, board in ipairs(boards) do
  redis.call('ZREM', ARGV[6] .. board, ARGV[7])
end
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
