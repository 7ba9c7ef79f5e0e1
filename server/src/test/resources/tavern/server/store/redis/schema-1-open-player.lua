-- Loads the player with a name; one that does not exist is created, with the kit as a grant in the ledger.
-- KEYS  names, meta, ledger, grants    (the player's own key is only known here; it has the same tag)
-- ARGV  1 name  2 prefix of players' keys  3 at  4 stacks of the kit as text  5 how many kinds of stacks
--       then field and count of each; then the kind of each item
-- Returns {id, the player's hash}
local call = redis.call
local id = ask('HGET', KEYS[1], ARGV[1])
if id then
  local found = ask('HGETALL', ARGV[2] .. whole(id, KEYS[1], ARGV[1]))
  if #found == 0 then
    refuse(ARGV[2] .. id, 'is missing')
  end
  return {id, found}
end

local lastPlayer = whole(ask('HGET', KEYS[2], 'player') or '0', KEYS[2], 'player')
local lastItem = whole(ask('HGET', KEYS[2], 'item') or '0', KEYS[2], 'item')
id = string.format('%.0f', tonumber(lastPlayer) + 1)
local player = ARGV[2] .. id
if ask('EXISTS', player) == 1 then
  refuse(player, 'exists, but ' .. KEYS[2] .. ' says that the last player is ' .. lastPlayer)
end
local reference = 'starter:' .. id
ask('SISMEMBER', KEYS[4], reference)
ask('XLEN', KEYS[3])

local got = ARGV[4]
local items = 6 + 2 * tonumber(ARGV[5])
for i = items, #ARGV do
  got = got .. (got == '' and '#' or ',#') .. string.format('%.0f', tonumber(lastItem) + 1 + i - items) .. ':' .. ARGV[i]
end
added(KEYS[3], redis.pcall('XADD', KEYS[3], '*', 'entry', 'grant:' .. reference, 'account', id, 'other', '0', 'gave', '',
  'got', got, 'at', ARGV[3]))
call('HSET', player, 'name', ARGV[1], 'version', '1')
for i = 6, items - 1, 2 do
  call('HSET', player, ARGV[i], ARGV[i + 1])
end
for i = items, #ARGV do
  call('HSET', player, 'i:' .. string.format('%.0f', tonumber(lastItem) + 1 + i - items), ARGV[i])
end
call('HSET', KEYS[2], 'player', id, 'item', string.format('%.0f', tonumber(lastItem) + #ARGV - items + 1))
call('HSET', KEYS[1], ARGV[1], id)
call('SADD', KEYS[4], reference)
return {id, call('HGETALL', player)}
