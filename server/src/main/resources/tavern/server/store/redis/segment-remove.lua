-- Removes the oldest entries of the ledger, as far as they are in sealed segments that are old enough. The ledger's newest
-- entry stays.
-- KEYS  fence of the lease, segments, ledger, meta
-- ARGV  1 fence  2 number of the last segment that may go  3 for how long entries are kept, in milliseconds  4 the caller's
--       date, in milliseconds  5 how many entries at most  6 how many segments are remembered after their entries are gone
-- Returns {number of entries that are gone, 1 if there may be more to remove now}
local newest, oldest, from = sealed(KEYS[2], KEYS[4], 'newest', 'oldest', 'from')
if not isNewest(ARGV[1], KEYS[1]) then
  return {0, 0}
end
local max = tonumber(ARGV[5])
-- By the clock that is behind: one that is ahead removes nothing too early.
local before = math.min(nowMillis(), ARGV[4]) - ARGV[3]
local newestEntry = redis.pcall('XREVRANGE', KEYS[3], '+', '-', 'COUNT', '1')
if newestEntry.err then
  refuse(KEYS[3], newestEntry.err)
end
newestEntry = newestEntry[1] and newestEntry[1][1]
local last, segment = number(newest, KEYS[2], 'newest'), number(from or '1', KEYS[2], 'from')
local remove, through = {'XDEL', KEYS[3]}, '-'
while segment <= math.min(last, ARGV[2]) and #remove < max + 2 do
  local text = ask('HGET', KEYS[2], string.format('%.0f', segment)) or ''
  local lastEntry, date = string.match(text, '^%d+ %x+ %d+ %S+ (%d+%-%d+) (%d+) ')
  if not lastEntry then
    refuse(KEYS[2], 'segment ' .. segment .. ' is not one of ours')
  end
  if tonumber(date) >= before then
    break
  end
  local asked = max + 2 - #remove
  local page = redis.call('XRANGE', KEYS[3], through, lastEntry, 'COUNT', asked)
  local stays = false
  for _, entry in ipairs(page) do
    stays = entry[1] == newestEntry
    if not stays then
      remove[#remove + 1] = entry[1]
      through = '(' .. entry[1]
    end
  end
  if stays or (#page == asked and page[asked][1] ~= lastEntry) then
    break
  end
  segment = segment + 1
end
if #remove > 2 then
  -- First, because Redis accepts it even when its memory is full; what follows is accepted then too.
  redis.call(unpack(remove))
  redis.call('HSET', KEYS[2], 'from', string.format('%.0f', segment), 'removed', remove[#remove])
end
local first = number(oldest or '1', KEYS[2], 'oldest')
local forgotten = math.min(segment - 1, last - ARGV[6], first + max)
for n = first, forgotten do
  redis.call('HDEL', KEYS[2], string.format('%.0f', n))
end
if first <= forgotten then
  redis.call('HSET', KEYS[2], 'oldest', string.format('%.0f', forgotten + 1))
end
return {#remove - 2, #remove - 2 == max and 1 or 0}
