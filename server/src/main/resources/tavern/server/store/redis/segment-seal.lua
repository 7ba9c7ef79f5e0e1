-- Seals the next segment: what was prepared for it counts as a part of the checkpoint from now on.
-- KEYS  fence of the lease, segments, ledger, meta
-- ARGV  1 fence  2 number of the segment  3 the segment and its hash, separated by a space  4 the hash of the segment
--       before  5 position of its first entry  6 of its last entry  7 how many rows it changes
-- Returns {1} | {0} if the fence is not the newest, the segment does not follow the newest one, the ledger has not got its
--       entries, or another number of rows was prepared
local newest, prepared, rows, known, moving =
  sealed(KEYS[2], KEYS[4], 'newest', 'prepared', 'rows', ARGV[2], 'moving')
newest = number(newest, KEYS[2], 'newest')
local segment = tonumber(ARGV[2])
if newest == segment and known == ARGV[3] then
  return {1}
end
if not isNewest(ARGV[1], KEYS[1]) or newest + 1 ~= segment or moving then
  return {0}
end
local before, through = string.rep('0', 64), ''
if newest > 0 then
  local text = ask('HGET', KEYS[2], string.format('%.0f', newest)) or ''
  through, before = string.match(text, '^%d+ %x+ %d+ %S+ (%S+) .* (%x+)$')
  if not before then
    refuse(KEYS[2], 'segment ' .. newest .. ' is not one of ours')
  end
end
if before ~= ARGV[4] or not isAfter(ARGV[5], through) then
  return {0}
end
-- A fail-over may have lost entries that the caller has read.
for i = 5, 6 do
  local entry = redis.pcall('XRANGE', KEYS[3], ARGV[i], ARGV[i])
  if entry.err then
    refuse(KEYS[3], entry.err)
  end
  if #entry == 0 then
    return {0}
  end
end
if ARGV[7] == '0' then
  if prepared then
    return {0}
  end
elseif prepared ~= ARGV[2] .. ' ' .. ARGV[1] or rows ~= ARGV[7] then
  return {0}
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3], 'newest', ARGV[2])
if prepared then
  redis.call('HSET', KEYS[2], 'moving', '1')
end
return {1}
