-- Reads a page of the checkpoint, in the order of the buckets: those of accounts, of items, of mints and of grants. Changes
-- nothing.
-- KEYS  segments, meta    (keys of buckets and players are only known here; they have the same tag)
-- ARGV  1 first bucket, '' for the beginning  2 how many rows, approximately  3 prefix of all keys
-- Returns {number of the segment, the next page's first bucket or '', {key, value, ...}, {number, name, ...}}
local BUCKETS_MAX = 500
local newest, moving = sealed(KEYS[1], KEYS[2], 'newest', 'moving')
local buckets = {
  [''] = 1 + math.floor(number(ask('HGET', KEYS[2], 'player'), KEYS[2], 'player') / ACCOUNTS),
  ['#'] = 1 + math.floor(number(ask('HGET', KEYS[2], 'item'), KEYS[2], 'item') / ITEMS),
  ['mint:'] = SHARED['mint:'],
  ['grant:'] = SHARED['grant:']
}
local following = {[''] = '#', ['#'] = 'mint:', ['mint:'] = 'grant:'}
local rows, names, known = {}, {}, {}
local function name(account)
  if account and not known[account] then
    known[account] = true
    names[#names + 1] = account
    names[#names + 1] = ask('HGET', ARGV[3] .. 'player:' .. account, 'name') or ''
  end
end
local group, n = string.match(ARGV[1], '^(%D*)(%d*)$')
n = tonumber(n) or 0
local looked = 0
while group and #rows < 2 * ARGV[2] and looked < BUCKETS_MAX do
  local bucket = string.format('%s%.0f', group, n)
  local found = ask('HGETALL', ARGV[3] .. 'checkpoint:' .. bucket)
  local prepared = moving and ask('HGETALL', ARGV[3] .. 'sealing:' .. bucket) or {}
  if #prepared > 0 then
    local places = {}
    for i = 1, #found, 2 do
      places[found[i]] = i
    end
    for i = 1, #prepared, 2 do
      local place = places[prepared[i]] or #found + 1
      found[place], found[place + 1] = prepared[i], prepared[i + 1]
    end
  end
  for i = 1, #found, 2 do
    local key, value = found[i], found[i + 1]
    if value ~= '0' then
      rows[#rows + 1], rows[#rows + 2] = key, value
      name(string.match(string.byte(key) == 35 and value or key, '^(%d+) ')) -- 35: #
    end
  end
  looked, n = looked + 1, n + 1
  if n >= buckets[group] then
    group, n = following[group], 0
  end
end
return {number(newest, KEYS[1], 'newest'), group and string.format('%s%.0f', group, n) or '', rows, names}
