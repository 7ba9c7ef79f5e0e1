-- Puts rows of the checkpoint aside for the segment that is sealed next.
-- KEYS  fence of the lease, segments, sealing, meta    (keys of buckets are only known here; they have the same tag)
-- ARGV  1 fence  2 number of the segment  3 prefix of all keys  then key and value of each row
-- Returns {1} | {0} if the fence is not the newest, the segment is not the next one, or there is something left to tidy
local newest, prepared, rows, moving = sealed(KEYS[2], KEYS[4], 'newest', 'prepared', 'rows', 'moving')
local mine = ARGV[2] .. ' ' .. ARGV[1]
if not isNewest(ARGV[1], KEYS[1]) or number(newest, KEYS[2], 'newest') + 1 ~= tonumber(ARGV[2]) or moving
    or (prepared and prepared ~= mine) then
  return {0}
end
rows = number(rows, KEYS[2], 'rows')
ask('LLEN', KEYS[3])
local buckets, sets = {}, {}
for i = 4, #ARGV, 2 do
  local bucket = bucketOf(ARGV[i])
  local set = sets[bucket]
  if not set then
    local key = ARGV[3] .. 'sealing:' .. bucket
    set = {'HSET', key}
    sets[bucket] = set
    if ask('HLEN', key) == 0 then
      buckets[#buckets + 1] = bucket
    end
  end
  set[#set + 1] = ARGV[i]
  set[#set + 1] = ARGV[i + 1]
end
if #buckets > 0 then
  redis.call('RPUSH', KEYS[3], unpack(buckets))
end
for _, set in pairs(sets) do
  rows = rows + redis.call(unpack(set))
end
redis.call('HSET', KEYS[2], 'prepared', mine, 'rows', string.format('%.0f', rows))
return {1}
