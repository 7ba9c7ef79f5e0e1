-- Moves, makes and burns goods, replaces values and appends events, once, all or nothing: everything is checked before
-- anything is written, because Lua has no rollback. Only the fields that the legs name are read and written.
-- KEYS  fence (ledger if none is to be checked), home of the outcome, ledger, outbox, of a turn also game and rooms that
--       are due    (all others are only used sometimes, or only known here; they have the same tag)
-- ARGV  1 prefix of all keys  2 id  3 when the id was made (0 for an id without a time)  4 fence ('' for none)  5 room
--       6 at  7 memo  8 '1' to remember a refusal  9 legs as text, without what is only known here  10 bound of the
--       outbox's rows  11 announcer ('' for none)
--       12 seven bytes, which are read faster than words: how many accounts, new items (two bytes), values, events, scores,
--       versions that were seen
--       13 the field of the outcome
--       then each account: a player's number or the name of a named account, four bytes (how many kinds, how many items
--       it gives), their fields, how much it gives of each kind, how much it gets, who gets each item (the n-th account,
--       0 for a mint); then each new item: its kind, who gets it; then each value: its holder, key, the version that was
--       seen, the new value; then each event: its message id, routing key, body; then each score: its board, the member
--       of the player, points, ranking; then each version that was seen: account, key ('' for its goods), version;
--       then of a turn: type of the room, revision of the turn before, revision, when the room is due ('' for never), state
-- Returns {-1, newest fence} | {-2, when outcomes begin} if those of the id's time are forgotten | {-3, rows}
--       | {0, outcome} if the id was used, or the turn taken, before | {0, record, kind of id} if a server of schema 1 used it
--       | {1, outcome, 1 if it is remembered} if it is refused
--       | {2, rows, first new item, then of each account its version and counts, then the kinds of the given items}
local call, pcall, find, format, gsub = redis.call, redis.pcall, string.find, string.format, string.gsub
local KEYS, ARGV = KEYS, ARGV
local prefix, id, born, legs = ARGV[1], ARGV[2], ARGV[3], ARGV[9]
local meta = prefix .. 'meta'
if ARGV[4] ~= '' then
  local newest = ask('GET', KEYS[1]) or '0'
  if newest ~= ARGV[4] or newest == '0' then
    return {-1, whole(newest, KEYS[1], 'fence')}
  end
end
local game, turn, dueBefore = KEYS[5], #ARGV - 4, nil
if game then
  local ended
  ended, dueBefore = checkTurn(game, KEYS[6], ARGV[5], ARGV[turn + 1], ARGV[turn + 2], ARGV[6])
  if ended then
    return ended
  end
  requireOurs(ask('HGET', meta, 'schema'), meta)
end
-- Of turns no outcome is remembered.
local known = game and {nil, SCHEMA} or pcall('HMGET', KEYS[2], ARGV[13], '')
if known.err then
  refuse(KEYS[2], known.err)
end
-- The empty field has our schema once the realm is known to be of it and the whole of this hash is kept: then nothing
-- else need be looked at. Replicas get writes in order, so that no fail-over leaves the field in an older realm.
local isOpen, opens, quarter = known[2] == SCHEMA, true, nil
if not isOpen then
  local marks = pcall('HMGET', meta, 'kept-from', 'quarter', 'taken-over', 'schema')
  if marks.err then
    refuse(meta, marks.err)
  end
  requireOurs(marks[4], meta)
  opens = not marks[3]
  if born ~= '0' then
    quarter = math.floor(born / 900000)
    if marks[1] then
      if not atLeast(born, whole(marks[1], meta, 'kept-from')) then
        return {-2, marks[1]}
      end
      opens = opens and quarter * 900000 >= tonumber(marks[1])
    end
    if marks[2] and tonumber(whole(marks[2], meta, 'quarter')) <= quarter then
      quarter = nil -- where outcomes begin need not be moved
    end
  end
  if marks[3] and not known[1] then
    local record, kind = earlier(prefix, id)
    if record then
      return {0, record, kind}
    end
  end
end
if known[1] then
  return {0, known[1]}
end

if born == '0' and not game then
  ask('ZCARD', prefix .. 'outcome-times')
end

local count, madeHigh, madeLow, values, events, scores, seen = string.byte(ARGV[12], 1, 7)
local rows, made = 0, madeHigh * 256 + madeLow
if events > 0 then
  rows = ask('XLEN', KEYS[4])
  if rows >= tonumber(ARGV[10]) then
    return {-3, rows}
  end
end

-- How many kinds and items are named of an account.
local function sizes(bytes)
  local kindsHigh, kinds, itemsHigh, items = string.byte(bytes, 1, 4)
  return kindsHigh * 256 + kinds, itemsHigh * 256 + items
end

-- What each account has, and what it will have: one command sets it, one removes it. Tables begin with room for two
-- accounts with two kinds each, because one that grows is made anew each time.
local numbers, owned, starts, sets, dels = {nil, nil}, {nil, nil}, {nil, nil}, {nil, nil}, {nil, nil}
local reply = {2, rows + events, '0', nil, nil, nil, nil, nil, nil}
local r = 3
local at, unfit, given, new, named = 14, false, 0, 0, nil
for a = 1, count do
  local account, kinds, items = ARGV[at], sizes(ARGV[at + 1])
  local number, key, has = account, nil, {}
  at = at + 1
  starts[a] = at
  if string.byte(account) == 64 then -- @
    named = named or {}
    number = ask('HGET', prefix .. 'names', account)
  end
  if number then
    key = prefix .. 'player:' .. number
    has = pcall('HMGET', key, 'name', 'version', unpack(ARGV, at + 1, at + kinds + items))
    if has.err then
      refuse(key, has.err)
    end
    if has[1] then
      if not has[2] or find(has[2], '^[1-9]%d*$') ~= 1 or #has[2] > 15 then
        refuse(key, 'version is not a number of ours')
      end
    elseif account ~= number then
      refuse(key, 'is missing')
    end
    -- The number of a named account is not that of a player.
    if account == number and (not has[1] or string.byte(has[1]) == 64) then
      unfit = true
    end
  else
    new = new + 1
  end
  numbers[a], owned[a] = number, has
  local version = format('%d', (has[2] or 0) + 1)
  local set, del, n = {'HSET', key or '', 'version', version, nil, nil, nil, nil}, nil, 4
  r = r + 1
  reply[r] = version
  local gave = at + kinds + items
  for k = 1, kinds do
    local field, have, gives, gets = ARGV[at + k], has[k + 2] or '0', ARGV[gave + k], ARGV[gave + kinds + k]
    if have ~= '0' and find(have, '^[1-9]%d*$') ~= 1 then
      whole(have, key, field)
    end
    local left
    if #have < 16 and #gives < 16 and #gets < 16 then
      -- Below 10^15 doubles are exact.
      left = have - gives
      if left < 0 then
        unfit = true
      end
      left = format('%d', left + gets)
    else
      left = atLeast(whole(have, key, field), gives) and exchanged(have, gives, gets)
      if not left then
        unfit = true
        left = '0'
      end
    end
    if left == '0' then
      del = del or {'HDEL', key or ''}
      del[#del + 1] = field
    else
      n = n + 2
      set[n - 1], set[n] = field, left
    end
    r = r + 1
    reply[r] = left
  end
  for i = kinds + 3, kinds + items + 2 do
    if not has[i] then
      unfit = true
    end
  end
  sets[a], dels[a] = set, del
  given = given + items
  at = gave + 2 * kinds + items + 1
end
local firstValue = at + 2 * made
local firstEvent = firstValue + 4 * values
local holder, versionOf
if values > 0 then
  function holder(i)
    local name = ask('HGET', prefix .. 'player:' .. ARGV[i], 'name')
    return name and string.byte(name) ~= 64
  end
  function versionOf(i)
    return ask('HGET', prefix .. 'kept:' .. ARGV[i], 'v:' .. ARGV[i + 1]) or '0'
  end
  for i = firstValue, firstEvent - 1, 4 do
    if not holder(i) or versionOf(i) ~= ARGV[i + 2] then
      unfit = true
    end
    whole(ask('HGET', prefix .. 'kept:' .. ARGV[i], 'version') or '0', prefix .. 'kept:' .. ARGV[i], 'version')
  end
end

local firstScore = firstEvent + 3 * events
local lastScore = firstScore + 4 * scores - 1
local hasNobody
if scores > 0 then
  function hasNobody(i)
    local name = ask('HGET', prefix .. 'player:' .. gsub(ARGV[i + 1], '^0*', ''), 'name')
    return not name or string.byte(name) == 64
  end
  ask('SCARD', prefix .. 'boards')
  for i = firstScore, lastScore, 4 do
    ask('ZCARD', prefix .. 'board:' .. ARGV[i])
    unfit = unfit or hasNobody(i)
  end
end

local lastSeen = lastScore + 3 * seen
local versionNow
if seen > 0 then
  function versionNow(i)
    local number = ARGV[i]
    if string.byte(number) == 64 then
      number = ask('HGET', prefix .. 'names', number)
    end
    if not number then
      return '0'
    elseif ARGV[i + 1] == '' then
      return ask('HGET', prefix .. 'player:' .. number, 'version') or '0'
    end
    return ask('HGET', prefix .. 'kept:' .. number, 'v:' .. ARGV[i + 1]) or '0'
  end
  for i = lastScore + 1, lastSeen, 3 do
    unfit = unfit or versionNow(i) ~= ARGV[i + 2]
  end
end

local function remember(outcome)
  if born == '0' then
    -- By Redis' clock, because it also decides when the outcome is forgotten: the caller's may be days behind.
    call('ZADD', prefix .. 'outcome-times', format('%.0f', nowMillis()), id)
  elseif quarter then
    call('HSET', meta, 'quarter', format('%d', quarter))
  end
  if isOpen or not opens then
    call('HSET', KEYS[2], ARGV[13], outcome)
  else
    call('HSET', KEYS[2], ARGV[13], outcome, '', SCHEMA)
  end
end

if unfit then
  -- What does not fit, by account and goods: 12>gold is missing, 13<gold are too many.
  local missing, wrong = {}, {}
  for a = 1, count do
    local from, has = starts[a], owned[a]
    local account, kinds, items = ARGV[from - 1], sizes(ARGV[from])
    local name, gave = has[1] or account, from + kinds + items
    if string.byte(account) ~= 64 and (not has[1] or string.byte(has[1]) == 64) then
      missing[account] = true
    end
    for k = 1, kinds do
      local kind, have = string.sub(ARGV[from + k], 3), has[k + 2] or '0'
      local gives, gets = ARGV[gave + k], ARGV[gave + kinds + k]
      if not atLeast(have, gives) then
        wrong[account .. '>' .. kind] = name .. ' has ' .. have .. ' of ' .. gives .. ' ' .. kind
      elseif not exchanged(have, gives, gets) then
        wrong[account .. '<' .. kind] = name .. ' has ' .. have .. ' ' .. kind .. ', and ' .. gets .. ' more are too many'
      end
    end
    for i = kinds + 3, kinds + items + 2 do
      if not has[i] then
        local item = string.sub(ARGV[from + i - 2], 3)
        wrong[account .. '>#' .. item] = name .. ' has no item ' .. item
      end
    end
  end
  local reason, why
  local function take(newReason, index, text)
    if reason ~= newReason then
      reason, why = newReason, newReason .. ' ' .. index .. ' ' .. text
    else
      why = why .. ', ' .. text
    end
  end
  -- The reason that comes first counts, and the first leg that it concerns.
  local function look(newReason, inLeg)
    local index = 0
    for leg in string.gmatch(legs, '[^;]+') do
      if not reason then
        local from, to, goods = string.match(leg, '^(.-)>(.-)|(.*)$')
        inLeg(newReason, index, from, to, goods)
      end
      index = index + 1
    end
  end
  local function side(mark, ofGiver)
    return function(newReason, index, from, to, goods)
      for good in string.gmatch(goods, '[^,]+') do
        local text = wrong[(ofGiver and from or to) .. mark .. string.match(good, '^[^=]+')]
        if text then
          take(newReason, index, text)
        end
      end
    end
  end
  look('NO_SUCH_ACCOUNT', function(newReason, index, from, to)
    local nobody = missing[from] and from or missing[to] and to
    if nobody then
      take(newReason, index, 'there is no player ' .. nobody)
    end
  end)
  for i = firstValue, firstEvent - 1, 4 do
    if not reason and not holder(i) then
      take('NO_SUCH_PLAYER', (i - firstValue) / 4, 'there is no player ' .. ARGV[i])
    end
  end
  for i = firstScore, lastScore, 4 do
    if not reason and hasNobody(i) then
      take('NO_SUCH_PLAYER', (i - firstScore) / 4, 'there is no player ' .. gsub(ARGV[i + 1], '^0*', ''))
    end
  end
  local remembered = ARGV[8] == '1' and not reason
  look('INSUFFICIENT', side('>', true))
  look('TOO_MUCH', side('<', false))
  for i = firstValue, firstEvent - 1, 4 do
    if not reason and versionOf(i) ~= ARGV[i + 2] then
      take('VALUE_CHANGED', (i - firstValue) / 4, 'value ' .. ARGV[i + 1] .. ' of player ' .. ARGV[i] .. ' has version '
        .. versionOf(i) .. ', not ' .. ARGV[i + 2])
    end
  end
  for i = lastScore + 1, lastSeen, 3 do
    if not reason and versionNow(i) ~= ARGV[i + 2] then
      take('VALUE_CHANGED', (i - lastScore - 1) / 3, 'what was seen of ' .. ARGV[i] .. ' has version ' .. versionNow(i)
        .. ', not ' .. ARGV[i + 2])
    end
  end
  local outcome = ARGV[6] .. ' ' .. why .. '\n' .. ARGV[7]
  if remembered then
    remember(outcome)
  end
  return {1, outcome, remembered and 1 or 0}
end

-- What only Redis knows: the numbers of named accounts, the kinds of items, the ids of new ones.
if named then
  local last = new > 0 and tonumber(whole(ask('HGET', meta, 'player') or '0', meta, 'player'))
  for a = 1, count do
    local account = ARGV[starts[a] - 1]
    if string.byte(account) == 64 then
      if not numbers[a] then
        last = last + 1
        numbers[a] = format('%.0f', last)
        local key, set = prefix .. 'player:' .. numbers[a], sets[a]
        if ask('EXISTS', key) == 1 then
          refuse(key, 'exists, but ' .. meta .. ' says that the last player is before it')
        end
        set[2], set[#set + 1], set[#set + 2] = key, 'name', account
        named[#named + 1], named[#named + 2] = account, numbers[a]
      end
      named[account] = numbers[a]
    end
  end
end
if given > 0 then
  local kindOf = {}
  for a = 1, count do
    local from, has = starts[a], owned[a]
    local kinds, items = sizes(ARGV[from])
    local receivers = from + 3 * kinds + items
    for i = 1, items do
      local field, kind, to = ARGV[from + kinds + i], has[kinds + 2 + i], tonumber(ARGV[receivers + i])
      if find(kind, '^%w[%w_.-]*$') ~= 1 or #kind > 32 then
        refuse(sets[a][2], field .. ' is not a kind of ours')
      end
      local del = dels[a] or {'HDEL', sets[a][2]}
      dels[a] = del
      del[#del + 1] = field
      if to > 0 then
        local set = sets[to]
        set[#set + 1] = field
        set[#set + 1] = kind
      end
      kindOf[string.sub(field, 3)] = '#' .. string.sub(field, 3) .. ':' .. kind
      reply[#reply + 1] = kind
    end
  end
  legs = gsub(legs, '#(%d+)', kindOf)
end
local lastItem
if made > 0 then
  lastItem = tonumber(whole(ask('HGET', meta, 'item') or '0', meta, 'item'))
  reply[3] = format('%.0f', lastItem + 1)
  for i = at, firstValue - 1, 2 do
    lastItem = lastItem + 1
    local set = sets[tonumber(ARGV[i + 1])]
    set[#set + 1] = 'i:' .. format('%.0f', lastItem)
    set[#set + 1] = ARGV[i]
  end
  local item = lastItem - made
  legs = gsub(legs, '%+', function()
    item = item + 1
    return format('+%.0f:', item)
  end)
end

-- What only this script knows, for the message: the legs with names of named accounts, and the accounts after them.
local told
if events > 0 then
  local after = {}
  for a = 1, count do
    local account = ARGV[starts[a] - 1]
    after[a] = account .. '=' .. sets[a][4] .. (string.byte(account) == 64 and '' or '=' .. owned[a][1])
  end
  told = legs .. ' ' .. table.concat(after, ',')
end
if named then
  legs = gsub(legs, '@[%w_.:-]+', named)
end

local entry = legs ~= '' and added(KEYS[3], pcall('XADD', KEYS[3], '*', 'id', id, 'room', ARGV[5], 'fence',
  ARGV[4], 'at', ARGV[6], 'legs', legs))
local remove = {'XDEL', KEYS[4]}
for i = firstEvent, firstEvent + 3 * events - 1, 3 do
  local row = pcall('XADD', KEYS[4], '0-*', 'id', ARGV[i], 'key', ARGV[i + 1], 'body', ARGV[i + 2], 'at', ARGV[6],
    'legs', i == firstEvent and told or ' ')
  if row.err then
    if entry then
      call('XDEL', KEYS[3], entry)
    end
    if #remove > 2 then
      call(unpack(remove))
    end
    added(KEYS[4], row)
  end
  remove[#remove + 1] = row
end
if game then
  keepTurn(game, KEYS[6], ARGV[5], ARGV[4], ARGV[turn + 2], ARGV[turn], ARGV[turn + 3], ARGV[turn + 4], dueBefore)
else
  remember(ARGV[6] .. '\n' .. ARGV[7])
end
for a = 1, count do
  call(unpack(sets[a]))
  if dels[a] then
    call(unpack(dels[a]))
  end
end
if new > 0 then
  call('HSET', prefix .. 'names', unpack(named))
  call('HSET', meta, 'player', named[#named])
end
if made > 0 then
  call('HSET', meta, 'item', format('%.0f', lastItem))
end
for i = firstValue, firstEvent - 1, 4 do
  local key, name = prefix .. 'kept:' .. ARGV[i], ARGV[i + 1]
  local version = call('HINCRBY', key, 'version', 1)
  if ARGV[i + 3] == '' then
    call('HDEL', key, 'v:' .. name, 'd:' .. name)
  else
    call('HSET', key, 'v:' .. name, format('%.0f', version), 'd:' .. name, ARGV[i + 3])
  end
end
-- The best have the least, and equals come by their members.
for i = firstScore, lastScore, 4 do
  local key, member, points, ranking = prefix .. 'board:' .. ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3]
  local before = call('ZSCORE', key, member)
  if before and ranking == 'BEST' then
    points = math.max(points, -before)
  elseif before and ranking == 'SUM' then
    points = math.max(-9007199254740991, math.min(9007199254740991, points - before))
  end
  call('ZADD', key, format('%.0f', -points), member)
  if not before then
    call('SADD', prefix .. 'boards', ARGV[i])
    call('ZREMRANGEBYRANK', key, 10000, -1)
  end
end
if ARGV[11] ~= '' and count > 0 then
  call('PUBLISH', prefix .. 'changes', ARGV[11] .. ' ' .. table.concat(numbers, ' '))
end
return reply
