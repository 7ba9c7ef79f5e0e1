-- Reads what some players own, and how far the ledger goes, at the same moment. Changes nothing.
-- KEYS  ledger, meta    (players' own keys are only known here; they have the same tag)
-- ARGV  1 after which player  2 how many  3 prefix of players' keys
-- Returns {id of the newest entry or '', the last existing player, the players' hashes ...}
local newest = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')
if newest.err then
  refuse(KEYS[1], newest.err)
end
requireOurs(ask('HGET', KEYS[2], 'schema'), KEYS[2])
local last = whole(ask('HGET', KEYS[2], 'player') or '0', KEYS[2], 'player')
local answer = {newest[1] and newest[1][1] or '', last}
local fields = 0
for id = ARGV[1] + 1, math.min(ARGV[1] + ARGV[2], tonumber(last)) do
  local player = ask('HGETALL', ARGV[3] .. string.format('%.0f', id))
  answer[#answer + 1] = player
  fields = fields + #player / 2
  -- An answer of many large inventories would keep Redis from everybody else for long.
  if fields >= 20000 then
    break
  end
end
return answer
