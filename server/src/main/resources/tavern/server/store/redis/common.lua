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
-- only this one can fail, when the key is no stream or somebody else has used up its ids. Errors that begin with anything
-- else (OOM, MISCONF, READONLY) are Redis' own problems.
local function added(key, said)
  if type(said) == 'table' then
    if string.find(said.err, '^ERR ') or string.find(said.err, '^WRONGTYPE ') then
      refuse(key, said.err)
    end
    error(said)
  end
  return said
end

-- The schema of our realms.
local SCHEMA = '2'

-- Ends the script when the realm is of another schema: after a fail-over it may be as it was before it was taken over.
local function requireOurs(schema, meta)
  if schema ~= SCHEMA then
    error({err = 'SCHEMA ' .. meta .. ' has schema ' .. (schema or 'none') .. ', not ' .. SCHEMA})
  end
end

-- Ends the script because another server has begun a realm in the place of the one that was opened.
local function refuseOther(meta)
  error({err = 'SCHEMA ' .. meta .. ' is of another realm than this server opened; restart all servers, or restore'
    .. ' the data'})
end

-- Redis' clock, in milliseconds.
local function nowMillis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
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
