-- directory
-- Takes a server's report, and tells it the news. Versions of rooms follow the clock, in microseconds, so that they go on
-- growing when data was lost. A closed room is kept for a minute, so that others hear of it; who has heard of nothing for
-- longer reads all rooms anew.
-- KEYS  nodes, open rooms, their versions, versions of those that are closed, meta of these
-- ARGV  1 the server's id ('' to look only)  2 what it says of itself ('' when it leaves)  3 version up to which it knows
--       the news  4 1 if it reads all rooms, page by page, 0 if news  5 milliseconds for which silent servers are
--       remembered  then of each room its name, the fence, and its text without the fence, '' when it is closed
-- Returns {version, 1 if there is more, 1 if news was missed, {id, schema, milliseconds of silence, text; ...},
--       {room, text with the fence; ...}, our schema, the operators' order, '' for none}
local CLOSED_MICROS, TRIMMED_MAX, ROWS_MAX, BYTES_MAX = 60000000, 200, 1000, 1048576
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local millis = math.floor(micros / 1000)
local known = tonumber(whole(ask('HGET', KEYS[5], 'last') or '0', KEYS[5], 'last'))
local floor = tonumber(whole(ask('HGET', KEYS[5], 'floor') or '0', KEYS[5], 'floor'))
local last, floorBefore = known, floor
local order = ask('HGET', KEYS[5], 'order') or ''
ask('HLEN', KEYS[2])
ask('ZCARD', KEYS[3])
ask('ZCARD', KEYS[4])

ask('HLEN', KEYS[1])
if ARGV[1] ~= '' then
  if ARGV[2] == '' then
    redis.call('HDEL', KEYS[1], ARGV[1])
  else
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', millis) .. ' ' .. SCHEMA .. ' ' .. ARGV[2])
  end
end
local nodes, rows = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #rows, 2 do
  local at, schema, text = string.match(rows[i + 1], '^(%d+) (%d+) (.*)$')
  if not at or millis - tonumber(at) > tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[1], rows[i])
  else
    local silent = math.max(0, millis - tonumber(at))
    for _, part in ipairs({rows[i], schema, string.format('%.0f', silent), text}) do
      nodes[#nodes + 1] = part
    end
  end
end

for i = 6, #ARGV, 3 do
  local room, fence, text = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local before = redis.call('HGET', KEYS[2], room)
  local newest = before and string.match(before, '^%d+') or '0'
  local isNews = before or text ~= ''
  if isNews and atLeast(fence, newest) then
    last = math.max(last + 1, micros)
    local version = string.format('%.0f', last)
    redis.call('HSET', KEYS[2], room, fence .. ' ' .. text)
    redis.call('ZADD', KEYS[3], version, room)
    if text == '' then
      redis.call('ZADD', KEYS[4], version, room)
    else
      redis.call('ZREM', KEYS[4], room)
    end
  end
end

local old = redis.call('ZRANGE', KEYS[4], '-inf', string.format('%.0f', micros - CLOSED_MICROS), 'BYSCORE', 'LIMIT',
  '0', TRIMMED_MAX, 'WITHSCORES')
for i = 1, #old, 2 do
  redis.call('HDEL', KEYS[2], old[i])
  redis.call('ZREM', KEYS[3], old[i])
  redis.call('ZREM', KEYS[4], old[i])
  floor = math.max(floor, tonumber(old[i + 1]))
end
if last ~= known or floor ~= floorBefore then
  redis.call('HSET', KEYS[5], 'last', string.format('%.0f', last), 'floor', string.format('%.0f', floor))
end

local since, isWhole = tonumber(ARGV[3]), ARGV[4] == '1'
if not isWhole and (since < floor or since > last) then
  return {'0', 0, 1, nodes, {}, SCHEMA, order}
end
local found = redis.call('ZRANGE', KEYS[3], '(' .. ARGV[3], '+inf', 'BYSCORE', 'LIMIT', '0', ROWS_MAX, 'WITHSCORES')
local news, bytes, reached, isMore = {}, 0, since, #found == 2 * ROWS_MAX
for i = 1, #found, 2 do
  if bytes > BYTES_MAX then
    isMore = true
    break
  end
  local text = redis.call('HGET', KEYS[2], found[i])
  if text and (isWhole or string.match(text, '^%d+ (%S*)') ~= ARGV[1]) then
    news[#news + 1] = found[i]
    news[#news + 1] = text
    bytes = bytes + #text
  end
  reached = tonumber(found[i + 1])
end
return {string.format('%.0f', isMore and reached or math.max(last, since)), isMore and 1 or 0, 0, nodes, news,
  SCHEMA, order}
