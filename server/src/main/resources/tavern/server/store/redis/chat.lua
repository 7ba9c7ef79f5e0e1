-- Appends lines, each once, and removes the oldest.
-- KEYS  fence, chat
-- ARGV  1 fence  2 how many to keep  then lines, each beginning with its number
-- Returns {-1, newest fence} | {1}
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
local newestLine = ask('LINDEX', KEYS[2], '-1')
local last = newestLine and whole(string.match(newestLine, '^%d+') or '', KEYS[2], 'the last line') or '0'
for i = 3, #ARGV do
  if not atLeast(last, string.match(ARGV[i], '^%d+')) then
    redis.call('RPUSH', KEYS[2], ARGV[i])
  end
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[2])
else
  redis.call('LTRIM', KEYS[2], '-' .. ARGV[2], '-1')
end
return {1}
