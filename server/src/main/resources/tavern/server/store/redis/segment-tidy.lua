-- Moves rows that were prepared to the checkpoint if their segment is sealed, and removes them otherwise; bucket by bucket.
-- KEYS  fence of the lease, segments, sealing, meta    (keys of buckets are only known here; they have the same tag)
-- ARGV  1 fence  2 how many rows, approximately  3 prefix of all keys
-- Returns {1 if more are left}
local moving = sealed(KEYS[2], KEYS[4], 'moving')
if not isNewest(ARGV[1], KEYS[1]) then
  return {0}
end
local left = tonumber(ARGV[2])
while left > 0 do
  local bucket = ask('LINDEX', KEYS[3], '0')
  if not bucket then
    redis.call('HDEL', KEYS[2], 'prepared', 'rows', 'moving')
    return {0}
  end
  local from, to = ARGV[3] .. 'sealing:' .. bucket, ARGV[3] .. 'checkpoint:' .. bucket
  if moving then
    ask('HLEN', to)
    local rows = ask('HGETALL', from)
    for i = 1, #rows, 2 do
      if rows[i + 1] == '0' then
        redis.call('HDEL', to, rows[i])
      else
        redis.call('HSET', to, rows[i], rows[i + 1])
      end
    end
    left = left - #rows / 2
  else
    -- What is sealed must have all of its rows, also if this goes on no further.
    local rows = ask('HLEN', from)
    redis.call('HINCRBY', KEYS[2], 'rows', string.format('%.0f', -rows))
    left = left - rows
  end
  redis.call('UNLINK', from)
  redis.call('LTRIM', KEYS[3], '1', '-1')
end
return {1}
