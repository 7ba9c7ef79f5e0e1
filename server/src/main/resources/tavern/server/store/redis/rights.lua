-- What the scripts need and this user may not do. A right that is missed in the middle of a script would leave its first
-- half done.
-- KEYS  any of the realm's
-- ARGV  a channel of the realm's
-- Gives the names of the commands
local missing = {}
for _, command in ipairs({
  {'GET', KEYS[1]}, {'SET', KEYS[1], ''}, {'DEL', KEYS[1]}, {'EXISTS', KEYS[1]}, {'PTTL', KEYS[1]},
  {'HGET', KEYS[1], ''}, {'HGETALL', KEYS[1]}, {'HSET', KEYS[1], '', ''}, {'HDEL', KEYS[1], ''},
  {'HINCRBY', KEYS[1], '', '1'}, {'HLEN', KEYS[1]}, {'SADD', KEYS[1], ''}, {'SISMEMBER', KEYS[1], ''},
  {'LINDEX', KEYS[1], '0'}, {'LLEN', KEYS[1]}, {'LTRIM', KEYS[1], '0', '0'}, {'RPUSH', KEYS[1], ''},
  {'XADD', KEYS[1], '*', '', ''}, {'XDEL', KEYS[1], '0-1'}, {'XLEN', KEYS[1]}, {'XRANGE', KEYS[1], '-', '+'},
  {'XREVRANGE', KEYS[1], '+', '-'}, {'TIME'},
  {'PUBLISH', ARGV[1], ''}
}) do
  if not redis.acl_check_cmd(unpack(command)) then
    missing[#missing + 1] = command[1]
  end
end
return missing
