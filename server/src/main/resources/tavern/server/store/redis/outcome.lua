-- Finds how a transaction ended. Changes nothing.
-- KEYS  home of the outcome, meta
-- ARGV  1 prefix of all keys  2 id  3 when the id was made (0 for an id without a time)  4 the field of the outcome
-- Returns {} | {outcome} | {record, kind of id} if a server of schema 1 used it
local marks = redis.pcall('HMGET', KEYS[2], 'kept-from', 'taken-over', 'schema')
if marks.err then
  refuse(KEYS[2], marks.err)
end
requireOurs(marks[3], KEYS[2])
if marks[1] and ARGV[3] ~= '0' and not atLeast(ARGV[3], whole(marks[1], KEYS[2], 'kept-from')) then
  return {}
end
local known = ask('HGET', KEYS[1], ARGV[4])
if known then
  return {known}
end
if marks[2] then
  local record, kind = earlier(ARGV[1], ARGV[2])
  if record then
    return {record, kind}
  end
end
return {}
