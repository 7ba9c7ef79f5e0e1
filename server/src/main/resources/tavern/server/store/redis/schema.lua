-- Makes sure that the realm is the one that the server has opened, and of our schema: one of schema 1 is taken over, and
-- at the start of a server a new one becomes so, and one without an id gets one. Replicas and the
-- append-only file get all of it or nothing. What servers of schema 1 have remembered and written stays as it is;
-- "taken-over" tells that there may be such. A later schema must move the ledger again, away from "entries", and leave
-- a text there: scripts of this one that find the empty field in an outcomes' hash do not look at the schema, and only
-- fail because they cannot append to the ledger. Look-ups of outcomes do not even fail, so the empty fields must go, too.
-- KEYS  meta, ledger, the ledger's key in schema 1
-- ARGV  1 'begin' when a server starts, 'open' when a tool does, which begins no realm, 'used' later: then a realm that is
--       gone was lost, and an empty one in its place would have all numbers and ids given again
--       2 at the start an id for a realm that has none, later the id of the realm that was opened
--       3 likewise the key of the realm's tokens, which a fail-over may lose
-- Returns {the realm's schema or '', ours, 1 if it was taken over now, the realm's id, why writes are refused, or '', the key}
local found = redis.pcall('HMGET', KEYS[1], 'schema', 'realm-id')
if found.err then
  refuse(KEYS[1], found.err)
end
local schema, id, starts = found[1], found[2], ARGV[1] ~= 'used'
if schema and schema ~= SCHEMA and schema ~= '1' then
  return {schema, SCHEMA, 0, id or '', '', ''}
end
if not schema and ARGV[1] == 'open' then
  return {'', SCHEMA, 0, '', '', ''}
end
if not starts then
  if not schema then
    error({err = 'SCHEMA ' .. KEYS[1] .. ' is gone; restore the data, or restart all servers to begin an empty realm'})
  end
  -- A fail-over may lose the take-over from schema 1, and the id with it.
  if id ~= ARGV[2] and (id or schema ~= '1') then
    refuseOther(KEYS[1])
  end
end
local isTakenOver = schema == '1'
if isTakenOver then
  ask('XLEN', KEYS[3])
  if ask('EXISTS', KEYS[2]) == 1 then
    refuse(KEYS[2], 'exists in a realm of schema 1')
  end
end
-- A write even when nothing is to be written: a server that refuses writes must not pass for one that accepts them. It
-- may still be read.
local said = redis.pcall('HSETNX', KEYS[1], 'realm-id', ARGV[2])
if type(said) == 'table' then
  if starts or isTakenOver then
    error(said)
  end
  return {schema, SCHEMA, 0, id, said.err, ''}
end
redis.call('HSETNX', KEYS[1], 'token-key', ARGV[3])
if isTakenOver then
  if redis.call('EXISTS', KEYS[3]) == 1 then
    redis.call('RENAME', KEYS[3], KEYS[2])
  end
  -- A server of schema 1 that is still running looks at its ledger before it moves goods, and fails on this value.
  redis.call('SET', KEYS[3], 'the ledger is in ' .. KEYS[2] .. ', which servers of schema 1 must not use')
  redis.call('HSET', KEYS[1], 'taken-over', string.format('%.0f', nowMillis()))
end
if schema ~= SCHEMA then
  redis.call('HSET', KEYS[1], 'schema', SCHEMA)
end
return {SCHEMA, SCHEMA, isTakenOver and 1 or 0, id or ARGV[2], '', redis.call('HGET', KEYS[1], 'token-key')}
