-- Removes logins, unless there are newer ones of the same players.
-- KEYS  presence
-- ARGV  player, number; …
for i = 1, #ARGV, 2 do
  local known = ask('HGET', KEYS[1], ARGV[i])
  if known and string.match(known, '^%d+') == ARGV[i + 1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return {}
