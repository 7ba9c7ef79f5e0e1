-- Reads a page of the ledger, each entry with the names of its accounts. Changes nothing.
-- KEYS  ledger, meta    (keys of players and old trades are only known here; they have the same tag)
-- ARGV  1 from where, as XRANGE takes it  2 how many  3 prefix of all keys
-- Returns {{id, fields, {number, name, ...}, what schema 1 remembered of the trade or ''} ...}
requireOurs(ask('HGET', KEYS[2], 'schema'), KEYS[2])
local page = redis.pcall('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
if page.err then
  refuse(KEYS[1], page.err)
end
local names = {}
for _, entry in ipairs(page) do
  local fields, accounts, record = entry[2], {}, nil
  local function account(number)
    if string.find(number, '^[1-9]%d*$') and not accounts[number] then
      names[number] = names[number] or ask('HGET', ARGV[3] .. 'player:' .. number, 'name')
      accounts[number], accounts[#accounts + 1], accounts[#accounts + 2] = true, number, names[number] or ''
    end
  end
  if fields[1] == 'entry' then
    account(fields[4] or '')
    account(fields[6] or '')
    local proposer, uuid = string.match(fields[2], '^trade:(%d+)%-(.+)$')
    record = proposer and ask('HGET', ARGV[3] .. 'trades:' .. proposer, uuid)
  else
    for from, to in string.gmatch(';' .. (fields[10] or ''), ';([^>]+)>([^|]+)|') do
      account(from)
      account(to)
    end
  end
  entry[3], entry[4] = accounts, record or ''
end
return page
