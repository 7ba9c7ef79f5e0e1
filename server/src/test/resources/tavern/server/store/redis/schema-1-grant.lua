-- Gives newly created goods to a player, or takes goods back.
-- KEYS  player, ledger, grants, meta, changes (a channel), granted
-- ARGV  1 player  2 reference  3 at  4 stacks taken, as text  5 stacks given, as text  6 announcer ('' for none)
--       7 who gets what, as one text  8 how many kinds of stacks  9 how many new items
--       then for each kind: field, the required count, the change, the largest count that leaves room for it;
--       then the kinds of the new items; then the ids of those taken back
-- Returns {-1, obstacles} | {-2} if there is no such player | {1, the player's hash}
--       {2, the player's hash, when and what it was ('' if not recorded)} if it was done before
local call = redis.call
local before = fields(ask('HGETALL', KEYS[1]))
if not before.name then
  return {-2}
end
if ask('SISMEMBER', KEYS[3], ARGV[2]) == 1 then
  return {2, call('HGETALL', KEYS[1]), ask('HGET', KEYS[6], ARGV[2]) or ''}
end
ask('HLEN', KEYS[6])

whole(before.version or '', KEYS[1], 'version')
local made = 10 + 4 * tonumber(ARGV[8])
local removed = made + tonumber(ARGV[9])
local obstacles = ''
for i = 10, made - 1, 4 do
  local has = before[ARGV[i]] and whole(before[ARGV[i]], KEYS[1], ARGV[i]) or '0'
  if not atLeast(has, ARGV[i + 1]) or not atLeast(ARGV[i + 3], has) then
    obstacles = obstacles .. ', ' .. ARGV[i + 2] .. ' ' .. string.sub(ARGV[i], 3) .. ' to ' .. has
  end
end
for i = removed, #ARGV do
  if not before['i:' .. ARGV[i]] then
    obstacles = obstacles .. ', item ' .. ARGV[i] .. ' is not there'
  end
end
if obstacles ~= '' then
  return {-1, string.sub(obstacles, 3)}
end
local lastItem = tonumber(whole(ask('HGET', KEYS[4], 'item') or '0', KEYS[4], 'item'))
ask('XLEN', KEYS[2])

local gave, got = ARGV[4], ARGV[5]
for i = made, removed - 1 do
  got = got .. (got == '' and '#' or ',#') .. string.format('%.0f', lastItem + 1 + i - made) .. ':' .. ARGV[i]
end
for i = removed, #ARGV do
  gave = gave .. (gave == '' and '#' or ',#') .. ARGV[i]
end
added(KEYS[2], redis.pcall('XADD', KEYS[2], '*', 'entry', 'grant:' .. ARGV[2], 'account', ARGV[1], 'other', '0',
  'gave', gave, 'got', got, 'at', ARGV[3]))
for i = 10, made - 1, 4 do
  if call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 2]) == 0 then
    call('HDEL', KEYS[1], ARGV[i])
  end
end
for i = made, removed - 1 do
  call('HSET', KEYS[1], 'i:' .. string.format('%.0f', lastItem + 1 + i - made), ARGV[i])
end
if removed > made then
  call('HSET', KEYS[4], 'item', string.format('%.0f', lastItem + removed - made))
end
for i = removed, #ARGV do
  call('HDEL', KEYS[1], 'i:' .. ARGV[i])
end
call('HINCRBY', KEYS[1], 'version', 1)
call('SADD', KEYS[3], ARGV[2])
call('HSET', KEYS[6], ARGV[2], ARGV[3] .. ' ' .. ARGV[7])
if ARGV[6] ~= '' then
  call('PUBLISH', KEYS[5], ARGV[6] .. ' ' .. ARGV[1])
end
return {1, call('HGETALL', KEYS[1])}
