-- Makes the caller the owner, unless the lease of another holder has not expired.
-- KEYS  lease, fence, rooms, meta
-- ARGV  1 holder  2 milliseconds  3 the room's name, '' for other leases
-- Returns {0, holder, remaining milliseconds} | {1, fence}
local lease = ask('GET', KEYS[1])
if lease then
  local holder = string.match(lease, '^%d+ (.*)$')
  if not holder then
    refuse(KEYS[1], 'is not a lease of ours')
  end
  if holder ~= ARGV[1] then
    return {0, holder, redis.call('PTTL', KEYS[1])}
  end
end
return grant()
