-- Appends an audit entry, if it follows from the newest entry.
-- KEYS  audit
-- ARGV  1 the required number of entries  2 the required hash of the newest  3 the entry, which begins with its hash
-- Returns {1} when it was appended, else {0}
if tostring(ask('LLEN', KEYS[1])) ~= ARGV[1] then
  return {0}
end
local newest = ask('LINDEX', KEYS[1], '-1')
local hash = newest and string.match(newest, '^%x+') or string.rep('0', 64)
if hash ~= ARGV[2] then
  return {0}
end
redis.call('RPUSH', KEYS[1], ARGV[3])
return {1}
