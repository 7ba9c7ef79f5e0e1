-- Returns some of the realm's rooms. Each run of Redis has them in an order of its own, so that a search cannot go on in
-- another run.
-- KEYS  rooms
-- ARGV  1 where to continue, from '0'  2 which run of Redis said so; of no meaning at the beginning  3 rooms at a time
-- Returns {which run of Redis says so, where to continue, '0' at the end, room, …}; only the run if another one began
ask('ZCARD', KEYS[1])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if ARGV[1] ~= '0' and ARGV[2] ~= run then
  return {run}
end
local found = redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[3])
local answer = {run, found[1]}
for i = 1, #found[2], 2 do
  answer[#answer + 1] = found[2][i]
end
return answer
