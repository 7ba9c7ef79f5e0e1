-- Extends leases. One that has expired becomes held again unless another node has acquired it since, which the newest
-- fence shows. If the fence is missing because data was lost, the caller's fence is set again; if the room was forgotten,
-- which the floor shows, the lease is lost. The time of a room's last use is noted once an hour, so that a room whose
-- server crashes was used until then. Servers renew all the time: so one whose connection stays up notices here that
-- another server has begun a realm in the place of its own.
-- KEYS  lease and fence of each, rooms, meta
-- ARGV  1 holder  2 milliseconds  3 id of the realm that the caller opened  then of each its fence and the room's name, '' for other leases
-- Returns the positions, from 1, of lost leases
local NOTED_EVERY_MILLIS = 3600000
local lost, rooms, now = {}, KEYS[#KEYS - 1], nowMillis()
local meta = KEYS[#KEYS]
local floor, realm = redis.pcall('HGET', meta, 'floor') or '0', redis.pcall('HGET', meta, 'realm-id')
if type(realm) == 'string' and realm ~= ARGV[3] then
  refuseOther(meta)
end
for n = 1, (#KEYS - 2) / 2 do
  local leaseKey, fenceKey, fence, room = KEYS[2 * n - 1], KEYS[2 * n], ARGV[2 * n + 2], ARGV[2 * n + 3]
  -- A foreign value counts as lost: it must not keep the caller's other leases from being renewed.
  local lease = redis.pcall('GET', leaseKey)
  local newest = redis.pcall('GET', fenceKey)
  local isForgotten = not newest
    and (type(floor) ~= 'string' or not string.find(floor, '^%d+$') or atLeast(floor, fence))
  newest = newest or '0'
  local mine = fence .. ' ' .. ARGV[1]
  if type(newest) ~= 'string' or not string.find(newest, '^%d+$') or not atLeast(fence, newest)
      or isForgotten or (lease and lease ~= mine) then
    lost[#lost + 1] = n
  else
    if lease then
      -- Redis accepts this even when its memory is full, and what follows too: without its lease, nobody could remove
      -- what fills it.
      redis.call('PEXPIRE', leaseKey, ARGV[2])
    else
      redis.call('SET', leaseKey, mine, 'PX', ARGV[2])
    end
    if newest ~= fence then
      redis.call('SET', fenceKey, fence)
    end
    local used = room == '' or redis.pcall('ZSCORE', rooms, room)
    if not used or (type(used) == 'string' and now - used > NOTED_EVERY_MILLIS) then
      redis.call('ZADD', rooms, string.format('%.0f', now), room)
    end
  end
end
return lost
