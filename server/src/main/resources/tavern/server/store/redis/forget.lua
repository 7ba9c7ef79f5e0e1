-- Forgets outcomes: whole quarters of an hour for ids with a time, one by one for ids without, and in a realm that was
-- taken over from schema 1 its old ones, player by player, all of which are from before the take-over.
-- KEYS  meta, outcomes of ids without a time, their times
-- ARGV  1 prefix of all keys  2 for how long outcomes are kept, in milliseconds  3 now by the clock of the server that asks
--       4 how many keys or outcomes at most
-- Returns {1 if more are left}
local call, format = redis.call, string.format
local prefix, max = ARGV[1], tonumber(ARGV[4])
-- By the earlier clock: what a clock that is ahead would have forgotten, nobody can bring back.
local before = math.max(0, math.min(nowMillis(), tonumber(ARGV[3])) - ARGV[2])
local marks = redis.pcall('HMGET', KEYS[1], 'kept-from', 'quarter', 'taken-over', 'player', 'forgotten-player', 'schema')
if marks.err then
  refuse(KEYS[1], marks.err)
end
requireOurs(marks[6], KEYS[1])
for i, field in ipairs({'kept-from', 'quarter', 'taken-over', 'player', 'forgotten-player'}) do
  marks[i] = marks[i] and tonumber(whole(marks[i], KEYS[1], field))
end
local keptFrom, first, takenOver, players, forgotten = marks[1] or 0, marks[2], marks[3], marks[4] or 0, marks[5] or 0
local quarter = math.floor(before / 900000)
local partly = prefix .. 'outcomes:' .. format('%.0f', quarter)
local isPartlyThere = ask('HLEN', partly) > 0
ask('HLEN', KEYS[2])
local old = redis.pcall('ZRANGEBYSCORE', KEYS[3], '-inf', '(' .. format('%.0f', before), 'LIMIT', '0', ARGV[4])
if old.err then
  refuse(KEYS[3], old.err)
end

-- Ids are refused only as far as there was something to forget, and never beyond what is kept by Redis' clock: a clock
-- that was ahead for a while must not have all new ids refused.
local more, isLastStep = #old == max, true
if first and first < quarter then
  local last = math.min(quarter, first + max)
  for n = first, last - 1 do
    if call('UNLINK', prefix .. 'outcomes:' .. format('%.0f', n)) == 1 then
      keptFrom = math.max(keptFrom, math.min((n + 1) * 900000, before))
    end
  end
  call('HSET', KEYS[1], 'quarter', format('%.0f', last))
  isLastStep = last == quarter
  more = more or not isLastStep
end
-- Not while whole quarters from before it are still there: their outcomes must be found until they go.
if isLastStep and isPartlyThere and keptFrom < before then
  keptFrom = before
  call('HDEL', partly, '')
end
-- From the first step on, before any old outcome is gone. No quarter up to then has its empty field, which would have
-- its ids accepted all the same: it is not written while "taken-over" is there.
if takenOver and takenOver < before then
  keptFrom = math.max(keptFrom, takenOver)
end
if keptFrom > 0 then
  call('HSET', KEYS[1], 'kept-from', format('%.0f', keptFrom))
end
if #old > 0 then
  call('HDEL', KEYS[2], unpack(old))
  call('ZREM', KEYS[3], unpack(old))
end
if takenOver and takenOver < before then
  local last = math.min(forgotten + max, players)
  for n = forgotten + 1, last do
    call('UNLINK', prefix .. 'trades:' .. format('%.0f', n))
  end
  if last < players then
    call('HSET', KEYS[1], 'forgotten-player', format('%.0f', last))
    more = true
  else
    call('UNLINK', prefix .. 'grants', prefix .. 'granted')
    call('HDEL', KEYS[1], 'taken-over', 'forgotten-player')
  end
end
return {more and 1 or 0}
