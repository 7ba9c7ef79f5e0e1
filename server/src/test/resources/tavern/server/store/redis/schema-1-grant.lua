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
