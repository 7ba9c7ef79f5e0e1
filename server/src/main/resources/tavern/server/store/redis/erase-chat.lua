-- Replaces lines of chat that are still there.
-- KEYS  chat
-- ARGV  each line and its replacement
-- Returns {how many were replaced}
local replaced = 0
for i = 1, #ARGV, 2 do
  local at = ask('LPOS', KEYS[1], ARGV[i])
  if at then
    redis.call('LSET', KEYS[1], at, ARGV[i + 1])
    replaced = replaced + 1
  end
end
return {replaced}
