-- Notes the use of a key, or ends keys.
-- KEYS  operators, operator-sessions
-- ARGV  1 when the key was used ('' ends keys)  2… hashes of keys
-- Returns {}
for i = 2, #ARGV do
  local known = ask('HGET', KEYS[2], ARGV[i])
  if known and ARGV[1] == '' then
    raiseVersion(KEYS[1])
    redis.call('HDEL', KEYS[2], ARGV[i])
  elseif known then
    local used, rest = string.match(known, '^(%d+)( .*)$')
    if used and not atLeast(used, ARGV[1]) then
      raiseVersion(KEYS[1])
      redis.call('HSET', KEYS[2], ARGV[i], ARGV[1] .. rest)
    end
  end
end
return {}
