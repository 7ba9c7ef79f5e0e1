-- Finds the commands that the store needs and this user may not run. A permission that is missing in the middle of a
-- script would leave its first half done.
-- KEYS  any key of the realm
-- ARGV  1 a channel of the realm  2 number of replicas to wait for
-- Returns the names of the commands
local commands = {
  {'GET', KEYS[1]}, {'SET', KEYS[1], ''}, {'DEL', KEYS[1]}, {'UNLINK', KEYS[1]}, {'EXISTS', KEYS[1]}, {'PTTL', KEYS[1]},
  {'PEXPIRE', KEYS[1], '1'},
  {'RENAME', KEYS[1], KEYS[1]}, {'HGET', KEYS[1], ''}, {'HMGET', KEYS[1], ''}, {'HGETALL', KEYS[1]},
  {'HSET', KEYS[1], '', ''}, {'HSETNX', KEYS[1], '', ''}, {'HDEL', KEYS[1], ''}, {'HINCRBY', KEYS[1], '', '1'},
  {'HLEN', KEYS[1]}, {'SISMEMBER', KEYS[1], ''}, {'LRANGE', KEYS[1], '0', '0'},
  {'LINDEX', KEYS[1], '0'}, {'LLEN', KEYS[1]}, {'LTRIM', KEYS[1], '0', '0'}, {'RPUSH', KEYS[1], ''},
  {'XADD', KEYS[1], '*', '', ''}, {'XDEL', KEYS[1], '0-1'}, {'XLEN', KEYS[1]}, {'XRANGE', KEYS[1], '-', '+'},
  {'XREVRANGE', KEYS[1], '+', '-'}, {'TIME'}, {'SCAN', '0'}, {'INFO', 'server'},
  {'ZADD', KEYS[1], '0', ''}, {'ZCARD', KEYS[1]}, {'ZRANGE', KEYS[1], '0', '0'}, {'ZREM', KEYS[1], ''},
  {'ZRANGEBYSCORE', KEYS[1], '-inf', '(0'}, {'ZSCORE', KEYS[1], ''}, {'ZSCAN', KEYS[1], '0'},
  {'ZRANK', KEYS[1], ''}, {'ZREMRANGEBYRANK', KEYS[1], '0', '0'},
  {'SADD', KEYS[1], ''}, {'SCARD', KEYS[1]}, {'SMEMBERS', KEYS[1]}, {'HSCAN', KEYS[1], '0'},
  {'LPOS', KEYS[1], ''}, {'LSET', KEYS[1], '0', ''},
  {'PUBLISH', ARGV[1], ''}
}
if ARGV[2] ~= '0' then
  commands[#commands + 1] = {'WAIT', ARGV[2], '1'}
  commands[#commands + 1] = {'XINFO', 'STREAM', KEYS[1]}
end
local missing = {}
for _, command in ipairs(commands) do
  if not redis.acl_check_cmd(unpack(command)) then
    missing[#missing + 1] = command[1]
  end
end
return missing
