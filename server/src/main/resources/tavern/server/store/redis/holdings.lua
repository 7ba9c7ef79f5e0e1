-- What some players own, and how far the ledger goes, at the same moment. Changes nothing.
-- KEYS  ledger, meta    (players' own keys are only known in here: they have the same tag)
-- ARGV  1 after which player  2 how many  3 prefix of players' keys
-- Gives {id of the newest entry or '', the last player there is, the players' hashes ...}
local newest = redis.pcall('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')
if newest.err then
  refuse(KEYS[1], newest.err)
end
local last = whole(ask('HGET', KEYS[2], 'player') or '0', KEYS[2], 'player')
local answer = {newest[1] and newest[1][1] or '', last}
for id = ARGV[1] + 1, math.min(ARGV[1] + ARGV[2], tonumber(last)) do
  answer[#answer + 1] = ask('HGETALL', ARGV[3] .. string.format('%.0f', id))
end
return answer
