-- Makes sure that the realm is of our schema: one of schema 1 is taken over, and at the start of a server a new one
-- becomes so. Replicas and the
-- append-only file get all of it or nothing. What servers of schema 1 have remembered and written stays as it is;
-- "taken-over" tells that there may be such. A later schema must move the ledger again, away from "entries", and leave
-- a text there: scripts of this one that find the empty field in an outcomes' hash do not look at the schema, and only
-- fail because they cannot append to the ledger.
-- KEYS  meta, ledger, the ledger's key in schema 1
-- ARGV  1 '1' if a server starts, '' if it has used the realm before: then a realm that is gone was lost, and an empty
--       one in its place would have all numbers and ids given again
-- Returns {the realm's schema, ours, 1 if it was taken over now, 1 if it has "taken-over"}
ask('HLEN', KEYS[1])
-- A write even when nothing is to be written: a server that refuses writes must not pass for one that accepts them.
local isNew = redis.call('HSETNX', KEYS[1], 'schema', SCHEMA) == 1
if isNew and ARGV[1] ~= '1' then
  redis.call('HDEL', KEYS[1], 'schema')
  error({err = 'SCHEMA ' .. KEYS[1] .. ' is gone; restore the data, or restart all servers to begin an empty realm'})
end
local schema = redis.call('HGET', KEYS[1], 'schema')
if schema ~= '1' then
  return {schema, SCHEMA, 0, redis.call('HGET', KEYS[1], 'taken-over') and 1 or 0}
end
ask('XLEN', KEYS[3])
if ask('EXISTS', KEYS[2]) == 1 then
  refuse(KEYS[2], 'exists in a realm of schema 1')
end
if redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('RENAME', KEYS[3], KEYS[2])
end
-- A server of schema 1 that is still running looks at its ledger before it moves goods, and fails on this value.
redis.call('SET', KEYS[3], 'the ledger is in ' .. KEYS[2] .. ', which servers of schema 1 must not use')
redis.call('HSET', KEYS[1], 'schema', SCHEMA, 'taken-over', string.format('%.0f', nowMillis()))
return {SCHEMA, SCHEMA, 1, 1}
