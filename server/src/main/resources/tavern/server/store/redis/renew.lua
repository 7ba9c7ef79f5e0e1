-- Holds leases for another while. One that ran out is held again unless somebody acquired it since: the newest fence
-- says so. It may also be that data was lost, and the fence with it: then the caller's is set again.
-- KEYS  lease and fence of each
-- ARGV  1 holder  2 milliseconds  then the fence of each
-- Gives the numbers, from 1, of those that are lost
local lost = {}
for n = 1, #KEYS / 2 do
  local leaseKey, fenceKey, fence = KEYS[2 * n - 1], KEYS[2 * n], ARGV[n + 2]
  -- What is not ours counts as lost: it must not keep the caller's other leases from being renewed.
  local lease = redis.pcall('GET', leaseKey)
  local newest = redis.pcall('GET', fenceKey) or '0'
  local mine = fence .. ' ' .. ARGV[1]
  if type(newest) ~= 'string' or not string.find(newest, '^%d+$') or not atLeast(fence, newest)
      or (lease and lease ~= mine) then
    lost[#lost + 1] = n
  else
    if newest ~= fence then
      redis.call('SET', fenceKey, fence)
    end
    redis.call('SET', leaseKey, mine, 'PX', ARGV[2])
  end
end
return lost
