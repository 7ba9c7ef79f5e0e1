-- Reads a page of the ledger, each entry with the names of its accounts. Changes nothing.
-- KEYS  ledger, segments, meta    (keys of players are only known here; they have the same tag)
-- ARGV  1 after which entry, '' for the oldest one that is there  2 how many  3 prefix of all keys
-- Returns {'', {id, fields, {number, name, ...}} ...} | {the last entry that was removed} if that is after the one asked for
local removed = sealed(KEYS[2], KEYS[3], 'removed') or ''
if ARGV[1] ~= '' and isAfter(removed, ARGV[1]) then
  return {removed}
end
local page = redis.pcall('XRANGE', KEYS[1], ARGV[1] == '' and '-' or '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
if page.err then
  refuse(KEYS[1], page.err)
end
local names = {}
for _, entry in ipairs(page) do
  local fields, accounts = entry[2], {}
  local function account(number)
    if string.find(number, '^[1-9]%d*$') and not accounts[number] then
      names[number] = names[number] or ask('HGET', ARGV[3] .. 'player:' .. number, 'name')
      accounts[number], accounts[#accounts + 1], accounts[#accounts + 2] = true, number, names[number] or ''
    end
  end
  if fields[1] == 'entry' then
    account(fields[4] or '')
    account(fields[6] or '')
  else
    for from, to in string.gmatch(';' .. (fields[10] or ''), ';([^>]+)>([^|]+)|') do
      account(from)
      account(to)
    end
  end
  entry[3] = accounts
end
table.insert(page, 1, '')
return page
