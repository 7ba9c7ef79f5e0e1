-- Finds how transactions ended. Changes nothing.
-- KEYS  meta, then the home of each outcome
-- ARGV  1 prefix of all keys, then of each: its id, when the id was made (0 for an id without a time), the field of the outcome
-- Returns of each {} | {outcome} | {record, kind of id} if a server of schema 1 used it
local marks = redis.pcall('HMGET', KEYS[1], 'kept-from', 'taken-over', 'schema')
if marks.err then
  refuse(KEYS[1], marks.err)
end
requireOurs(marks[3], KEYS[1])

local function find(home, id, born, field)
  if marks[1] and born ~= '0' and not atLeast(born, whole(marks[1], KEYS[1], 'kept-from')) then
    return {}
  end
  local known = ask('HGET', home, field)
  if known then
    return {known}
  end
  if marks[2] then
    local record, kind = earlier(ARGV[1], id)
    if record then
      return {record, kind}
    end
  end
  return {}
end

local found = {}
for n = 1, #KEYS - 1 do
  found[n] = find(KEYS[n + 1], ARGV[3 * n - 1], ARGV[3 * n], ARGV[3 * n + 1])
end
return found
