-- Makes the caller the only server with its id for a while, or extends that time, unless the time of another holder
-- has not expired. A key without an expiry, which no server writes, would never expire, so it is ignored.
-- KEYS  node
-- ARGV  1 holder  2 a holder that has ended ('' for none)  3 milliseconds; 0 gives the id up
-- Returns {0, holder, remaining milliseconds} | {1}
local holder = ask('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[2] then
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 then
    return {0, holder, left}
  end
end
if ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
end
return {1}
