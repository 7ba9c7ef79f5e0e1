-- Loads the player with a name; one that does not exist is created, with the kit out of a mint as an entry in the
-- ledger.
-- KEYS  names, meta, ledger, outbox, erasures    (the player's own key is only known here; it has the same tag)
-- ARGV  1 name  2 prefix of players' keys  3 at  4 legs of the kit as text, with @self for the player and without the ids
--       of items ('' for an empty kit)  5 routing key of the message about the kit ('' for no message)  6 its body
--       7 bound of the outbox's rows  8 how many kinds of stacks
--       then field and count of each; then the kind of each item
-- Returns {id, the player's hash, rows of the outbox if a message was appended}
--       | {-1, rows} if the player does not exist and the outbox is full
--       | {-2} if a player who had the name is being erased
local call, format = redis.call, string.format
requireOurs(ask('HGET', KEYS[2], 'schema'), KEYS[2])
local id = ask('HGET', KEYS[1], ARGV[1])
if id then
  local found = ask('HGETALL', ARGV[2] .. whole(id, KEYS[1], ARGV[1]))
  if #found == 0 then
    refuse(ARGV[2] .. id, 'is missing')
  end
  return {id, found}
end
if ask('HGET', KEYS[5], ARGV[1]) then
  return {-2}
end

local lastPlayer = whole(ask('HGET', KEYS[2], 'player') or '0', KEYS[2], 'player')
local lastItem = tonumber(whole(ask('HGET', KEYS[2], 'item') or '0', KEYS[2], 'item'))
id = format('%.0f', tonumber(lastPlayer) + 1)
local player = ARGV[2] .. id
if ask('EXISTS', player) == 1 then
  refuse(player, 'exists, but ' .. KEYS[2] .. ' says that the last player is ' .. lastPlayer)
end
ask('XLEN', KEYS[3])
local tells, rows = ARGV[4] ~= '' and ARGV[5] ~= '', nil
if tells then
  rows = ask('XLEN', KEYS[4])
  if rows >= tonumber(ARGV[7]) then
    return {-1, rows}
  end
end

local set = {'HSET', player, 'name', ARGV[1], 'version', '1'}
local items = 9 + 2 * tonumber(ARGV[8])
for i = 9, items - 1 do
  set[#set + 1] = ARGV[i]
end
local item = lastItem
for i = items, #ARGV do
  item = item + 1
  set[#set + 1] = 'i:' .. format('%.0f', item)
  set[#set + 1] = ARGV[i]
end
if ARGV[4] ~= '' then
  local next = lastItem
  local legs = string.gsub(string.gsub(ARGV[4], '@self', id), '%+', function()
    next = next + 1
    return format('+%.0f:', next)
  end)
  local entry = added(KEYS[3], redis.pcall('XADD', KEYS[3], '*', 'id', 'starter:' .. id, 'room', '', 'fence', '',
    'at', ARGV[3], 'legs', legs))
  if tells then
    local row = redis.pcall('XADD', KEYS[4], '0-*', 'id', 'starter:' .. id, 'key', ARGV[5], 'body', ARGV[6], 'at',
      ARGV[3], 'legs', legs .. ' ' .. id .. '=1=' .. ARGV[1])
    if row.err then
      call('XDEL', KEYS[3], entry)
      added(KEYS[4], row)
    end
  end
end
call(unpack(set))
call('HSET', KEYS[2], 'player', id, 'item', format('%.0f', item))
call('HSET', KEYS[1], ARGV[1], id)
return {id, call('HGETALL', player), tells and rows + 1 or nil}
