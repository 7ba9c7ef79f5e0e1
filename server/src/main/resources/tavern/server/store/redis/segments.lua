-- Reads what is remembered of segments. Changes nothing.
-- KEYS  segments, meta
-- ARGV  1 after which number, '' for the newest one only  2 how many at most
-- Returns {a segment and its hash, separated by a space ...}
local newest, oldest = sealed(KEYS[1], KEYS[2], 'newest', 'oldest')
local last = number(newest, KEYS[1], 'newest')
local first = math.max(ARGV[1] == '' and last or ARGV[1] + 1, number(oldest or '1', KEYS[1], 'oldest'))
local found = {}
for n = first, math.min(last, first + ARGV[2] - 1) do
  local segment = ask('HGET', KEYS[1], string.format('%.0f', n))
  if not segment then
    refuse(KEYS[1], 'segment ' .. n .. ' is missing')
  end
  found[#found + 1] = segment
end
return found
