-- Precedes every script. Counts are decimal text: Lua's numbers are doubles, exact to 15 digits only, so counts are
-- compared as text, and additions of longer ones are left to Redis.

-- Ends the script with an error that names the key.
local function refuse(key, why)
  error({err = 'FOREIGN ' .. key .. ': ' .. why})
end

-- Calls Redis; a key with a value of the wrong type ends the script, before it has written, with an error that names
-- the key.
local function ask(command, key, a, b)
  local reply
  if b then
    reply = redis.pcall(command, key, a, b)
  elseif a then
    reply = redis.pcall(command, key, a)
  else
    reply = redis.pcall(command, key)
  end
  if type(reply) == 'table' and reply.err then
    refuse(key, reply.err)
  end
  return reply
end

-- Ends the script when the text is not a whole number from 0 to 2^63-1 as we write them.
local function whole(text, key, field)
  if not (string.find(text, '^[1-9]%d*$') or text == '0') or #text > 19
      or (#text == 19 and text > '9223372036854775807') then
    refuse(key, field .. ' is not a number of ours')
  end
  return text
end

-- Returns the reply of XADD, unless it failed. Scripts add to streams before they write anything else: of all writes
-- only this one can fail, when somebody else has used up the stream's ids. Errors that begin with anything but ERR
-- (OOM, MISCONF, READONLY) are Redis' own problems.
local function added(key, said)
  if type(said) == 'table' then
    if string.find(said.err, '^ERR ') then
      refuse(key, said.err)
    end
    error(said)
  end
  return said
end

-- Whether a >= b, for two whole numbers.
local function atLeast(a, b)
  local more = #a - #b
  return more > 0 or (more == 0 and a >= b)
end

-- What is left of a count that covers what it gives, after adding what it gets: exact for all 64 bits, in two halves
-- of up to ten digits. Nil if the result is more than 2^63-1.
local function exchanged(has, gives, gets)
  local function halves(text)
    return tonumber(string.sub(text, 1, -11)) or 0, tonumber(string.sub(text, -10))
  end
  local high, low = halves(has)
  local highLess, lowLess = halves(gives)
  local highMore, lowMore = halves(gets)
  high, low = high - highLess + highMore, low - lowLess + lowMore
  local carry = math.floor(low / 1e10)
  high, low = high + carry, low - carry * 1e10
  if high > 922337203 or (high == 922337203 and low > 6854775807) then
    return nil
  end
  return high > 0 and string.format('%d%010d', high, low) or string.format('%d', low)
end

-- The fields of a hash, from the flat list that HGETALL returns.
local function fields(flat)
  local map = {}
  for i = 1, #flat, 2 do
    map[flat[i]] = flat[i + 1]
  end
  return map
end
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
