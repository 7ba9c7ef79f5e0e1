-- Takes rooms of a realm whose servers did not note when rooms were used into the index, some keys at a time. They count
-- as used now.
-- KEYS  rooms, meta
-- ARGV  1 where to continue, from '0'  2 which run of Redis said so  3 prefix of rooms' fences  4 keys at a time
-- Returns {where to continue, '0' at the end; which run of Redis says so}
ask('ZCARD', KEYS[1])
ask('HLEN', KEYS[2])
local now = string.format('%.0f', nowMillis())
-- Another run has its keys in another order, so that what another run said would leave rooms out.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local from = run == ARGV[2] and ARGV[1] or '0'
-- A script, because on a Redis Cluster a command without a key would go to any master.
local found = redis.call('SCAN', from, 'MATCH', ARGV[3] .. '*', 'COUNT', ARGV[4])
for _, key in ipairs(found[2]) do
  redis.call('ZADD', KEYS[1], 'NX', now, string.sub(key, #ARGV[3] + 1))
end
if found[1] == '0' then
  redis.call('HSET', KEYS[2], 'rooms-indexed', '1')
end
return {found[1], run}
