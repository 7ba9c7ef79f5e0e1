-- Ends a trade, all or nothing: everything is checked before anything is written, because Lua has no rollback.
-- KEYS  fence, trades of the proposer, proposer, partner, ledger, outbox, changes (a channel)
-- ARGV  1 fence  2 uuid  3 outcome  4 reason  5 rest of the record  6 proposer  7 partner  8 at  9 gives  10 wants
--       11 bound of the outbox's rows ('' without an event)  12 routing key  13 body  14 announcer ('' for none)
--       15 how many kinds  16 how many items the proposer gives
--       then for each kind: field, what the proposer gives of it, what the partner gives;
--       then the items' fields, first the proposer's
-- Returns {-1, newest fence} | {-2, the missing player} | {-3, rows} | {0, record}
--       | {1, record} | {2, record, rows, proposer before, partner before}
local call, find, format = redis.call, string.find, string.format
local FAILED, BAD_AMOUNT, INSUFFICIENT = '5', '501', '503' -- the protocol's numbers
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
local known = ask('HGET', KEYS[2], ARGV[2])
if known then
  return {0, known}
end

local from, to
if ARGV[3] == '1' then
  from, to = ask('HGETALL', KEYS[3]), ask('HGETALL', KEYS[4])
else
  from = {'name', ask('HGET', KEYS[3], 'name')}
  to = {'name', ask('HGET', KEYS[4], 'name')}
end
local proposer, partner = fields(from), fields(to)
if not proposer.name then
  return {-2, ARGV[6]}
end
if not partner.name then
  return {-2, ARGV[7]}
end

-- Writes what each player has from now on, in as few commands as possible: each also goes to the append-only file.
local outcome, reason, rows = ARGV[3], ARGV[4], 0
local setFrom, setTo, delFrom, delTo
if outcome == '1' then
  if ARGV[11] ~= '' then
    rows = ask('XLEN', KEYS[6])
    if rows >= tonumber(ARGV[11]) then
      return {-3, rows}
    end
  end
  ask('XLEN', KEYS[5])
  local versionFrom, versionTo = proposer.version or '', partner.version or ''
  if find(versionFrom, '^[1-9]%d*$') ~= 1 or #versionFrom > 15 then
    refuse(KEYS[3], 'version is not a number of ours')
  end
  if find(versionTo, '^[1-9]%d*$') ~= 1 or #versionTo > 15 then
    refuse(KEYS[4], 'version is not a number of ours')
  end
  setFrom = {'HSET', KEYS[3], 'version', format('%d', versionFrom + 1)}
  setTo = {'HSET', KEYS[4], 'version', format('%d', versionTo + 1)}
  delFrom, delTo = {'HDEL', KEYS[3]}, {'HDEL', KEYS[4]}

  local first, fits = 17 + 3 * ARGV[15], true
  for i = 17, first - 1, 3 do
    local field, gives, wants = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local has, theirs = proposer[field] or '0', partner[field] or '0'
    if find(has, '^[1-9]%d*$') ~= 1 then
      whole(has, KEYS[3], field)
    end
    if find(theirs, '^[1-9]%d*$') ~= 1 then
      whole(theirs, KEYS[4], field)
    end
    local left, right
    if #has < 16 and #theirs < 16 and #gives < 16 and #wants < 16 then
      -- Below 10^15 doubles are exact.
      local a, b = has - gives, theirs - wants
      if a < 0 or b < 0 then
        outcome, reason = FAILED, INSUFFICIENT
      end
      left, right = format('%d', a + wants), format('%d', b + gives)
    else
      whole(has, KEYS[3], field)
      whole(theirs, KEYS[4], field)
      if not atLeast(has, gives) or not atLeast(theirs, wants) then
        outcome, reason = FAILED, INSUFFICIENT
      else
        left, right = exchanged(has, gives, wants), exchanged(theirs, wants, gives)
        fits = fits and left and right
      end
    end
    if left == '0' then
      delFrom[#delFrom + 1] = field
    else
      setFrom[#setFrom + 1] = field
      setFrom[#setFrom + 1] = left
    end
    if right == '0' then
      delTo[#delTo + 1] = field
    else
      setTo[#setTo + 1] = field
      setTo[#setTo + 1] = right
    end
  end
  local wanted = first + ARGV[16]
  for i = first, #ARGV do
    local item, owner, set, del = ARGV[i], proposer, setTo, delFrom
    if i >= wanted then
      owner, set, del = partner, setFrom, delTo
    end
    if not owner[item] then
      outcome, reason = FAILED, INSUFFICIENT
    end
    del[#del + 1] = item
    set[#set + 1] = item
    set[#set + 1] = owner[item]
  end
  if outcome == '1' and not fits then
    outcome, reason = FAILED, BAD_AMOUNT
  end
end

local record = outcome .. ' ' .. reason .. ' ' .. proposer.name .. ' ' .. partner.name .. ' ' .. ARGV[5]
if outcome ~= '1' then
  call('HSET', KEYS[2], ARGV[2], record)
  return {1, record}
end

local id, row = ARGV[6] .. '-' .. ARGV[2], nil
if ARGV[11] ~= '' then
  row = added(KEYS[6], redis.pcall('XADD', KEYS[6], '0-*', 'id', id, 'key', ARGV[12], 'body', ARGV[13],
    'at', ARGV[8]))
  rows = rows + 1
end
local entry = redis.pcall('XADD', KEYS[5], '*', 'entry', 'trade:' .. id, 'account', ARGV[6], 'other', ARGV[7],
  'gave', ARGV[9], 'got', ARGV[10], 'at', ARGV[8])
if row and entry.err then
  call('XDEL', KEYS[6], row)
end
added(KEYS[5], entry)
call('HSET', KEYS[2], ARGV[2], record)
call(unpack(setFrom))
call(unpack(setTo))
if #delFrom > 2 then
  call(unpack(delFrom))
end
if #delTo > 2 then
  call(unpack(delTo))
end
if ARGV[14] ~= '' then
  call('PUBLISH', KEYS[7], ARGV[14] .. ' ' .. ARGV[6] .. ' ' .. ARGV[7])
end
return {2, record, rows, from, to}
