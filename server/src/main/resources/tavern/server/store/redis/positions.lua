-- Stores where players stand.
-- KEYS  fence, positions
-- ARGV  1 fence  then player and position of each
-- Returns {-1, newest fence} | {1}
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
ask('HLEN', KEYS[2])
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
return {1}
