-- Reads a page of the ledger, each entry with what else is known of it. Changes nothing.
-- KEYS  ledger    (trades and players are only known in here: they have the same tag)
-- ARGV  1 from where, as XRANGE takes it  2 how many  3 prefix of the trades' keys  4 prefix of players' keys
-- Gives {{id, fields, the trade's record or the player's name} ...}
local page = redis.pcall('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
if page.err then
  refuse(KEYS[1], page.err)
end
for i, entry in ipairs(page) do
  local proposer, uuid = string.match(entry[2][2], '^trade:(%d+)%-(.+)$')
  entry[3] = proposer and ask('HGET', ARGV[3] .. proposer, uuid) or ask('HGET', ARGV[4] .. entry[2][4], 'name')
end
return page
