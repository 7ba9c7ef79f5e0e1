-- Checks whether this server has what was written on another connection, and writes something itself, because WAIT
-- waits for what its own connection has written.
-- KEYS  the key to write, then one for each check
-- ARGV  for each check: 'hash' and a field, 'stream' and n of an entry 0-n that may have been removed, 'turn' with the
-- fence and the revision of a turn that later ones of the same owner may have followed, or '' and '' for none
-- Returns the positions, from 1, of what is missing
local function lastIn(stream)
  local info = redis.pcall('XINFO', 'STREAM', stream)
  for n = 1, info.err and 0 or #info, 2 do
    if info[n] == 'last-generated-id' then
      return tonumber(string.match(info[n + 1], '^0%-(%d+)$'))
    end
  end
end

redis.call('SET', KEYS[1], '')
local missing = {}
for n = 1, #KEYS - 1 do
  local kind, member = ARGV[2 * n - 1], ARGV[2 * n]
  local there = kind == ''
  if kind == 'hash' then
    there = redis.call('HGET', KEYS[n + 1], member)
  elseif kind == 'turn' then
    local fence, revision = string.match(member, '^(%d+) (%d+)$')
    local kept = redis.call('HMGET', KEYS[n + 1], 'fence', 'revision')
    local last = kept[2] or ''
    there = kept[1] == fence and (#last > #revision or (#last == #revision and last >= revision))
  elseif kind == 'stream' then
    there = (lastIn(KEYS[n + 1]) or 0) >= tonumber(member)
  end
  if not there then
    missing[#missing + 1] = n
  end
end
return missing
