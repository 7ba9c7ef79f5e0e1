-- Writes an operator's account, or removes it; adds a key and ends others.
-- KEYS  operators, operator-sessions
-- ARGV  1 account:<name>  2 the version that must stand ('0': there must be none)  3 the account ('' removes it)
--       4 the largest number of accounts  5 of keys  6 a key's hash ('' for none)  7 the key  8… hashes of keys to end
-- Returns {1} when it was done | {0} when a number is reached | {-1} when another version stands
local known = ask('HGET', KEYS[1], ARGV[1])
if (known and string.match(known, '^%d+') or '0') ~= ARGV[2] or (not known and ARGV[3] == '') then
  return {-1}
end
-- The version is a field too.
if ARGV[3] ~= '' and not known and ask('HLEN', KEYS[1]) > tonumber(ARGV[4]) then
  return {0}
end
local keys = ask('HLEN', KEYS[2])
for i = 8, #ARGV do
  if ask('HGET', KEYS[2], ARGV[i]) then
    keys = keys - 1
  end
end
if ARGV[6] ~= '' and keys >= tonumber(ARGV[5]) then
  return {0}
end
raiseVersion(KEYS[1])
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
for i = 8, #ARGV do
  redis.call('HDEL', KEYS[2], ARGV[i])
end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
end
return {1}
