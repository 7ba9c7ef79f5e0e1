-- Ends a trade, all or nothing: everything is checked before anything is written, for Lua takes nothing back.
-- KEYS  fence, trades of the proposer, proposer, partner, ledger, outbox, changes (a channel)
-- ARGV  1 fence  2 uuid  3 outcome  4 reason  5 rest of the record  6 trade id  7 proposer  8 partner  9 at
--       10 gives  11 wants  12 rows the outbox may have ('' without an event)  13 routing key  14 body
--       15 who announces ('' nobody)  16 how many kinds  17 how many items the proposer gives
--       then for each kind: field, what the proposer must have, the partner, the change of the proposer, the most
--       that leaves room for it, the change of the partner, the most; then the items' fields, first the proposer's
-- Gives {-1, newest fence} | {-2, which player is not there} | {-3, rows} | {0, record}
--       | {1, record} | {2, record, rows, proposer before, partner before}
local call = redis.call
local FAILED, BAD_AMOUNT, INSUFFICIENT = '5', '501', '503' -- as the protocol numbers them
local newest = ask('GET', KEYS[1]) or '0'
if newest ~= ARGV[1] or newest == '0' then
  return {-1, whole(newest, KEYS[1], 'fence')}
end
local known = ask('HGET', KEYS[2], ARGV[2])
if known then
  return {0, known}
end

local commits = ARGV[3] == '1'
local from, to
if commits then
  from, to = ask('HGETALL', KEYS[3]), ask('HGETALL', KEYS[4])
else
  from = {'name', ask('HGET', KEYS[3], 'name')}
  to = {'name', ask('HGET', KEYS[4], 'name')}
end
local proposer, partner = fields(from), fields(to)
if not proposer.name then
  return {-2, ARGV[7]}
end
if not partner.name then
  return {-2, ARGV[8]}
end

local outcome, reason = ARGV[3], ARGV[4]
local kinds, given, rows = 18, 18, 0
if commits then
  if ARGV[12] ~= '' then
    rows = ask('XLEN', KEYS[6])
    if rows >= tonumber(ARGV[12]) then
      return {-3, rows}
    end
  end
  ask('XLEN', KEYS[5])
  whole(proposer.version or '', KEYS[3], 'version')
  whole(partner.version or '', KEYS[4], 'version')
  if #proposer.version > 15 or #partner.version > 15 then
    refuse(KEYS[3] .. ' or ' .. KEYS[4], 'version is not a number of ours')
  end
  given = 18 + 7 * tonumber(ARGV[16])
  local fits = true
  for i = kinds, given - 1, 7 do
    local field = ARGV[i]
    local has, theirs = proposer[field], partner[field]
    has = has and whole(has, KEYS[3], field) or '0'
    theirs = theirs and whole(theirs, KEYS[4], field) or '0'
    if not atLeast(has, ARGV[i + 1]) or not atLeast(theirs, ARGV[i + 2]) then
      outcome = FAILED
      reason = INSUFFICIENT
    end
    fits = fits and atLeast(ARGV[i + 4], has) and atLeast(ARGV[i + 6], theirs)
  end
  local wanted = given + tonumber(ARGV[17])
  for i = given, #ARGV do
    local owner = i < wanted and proposer or partner
    if not owner[ARGV[i]] then
      outcome = FAILED
      reason = INSUFFICIENT
    end
  end
  if outcome == '1' and not fits then
    outcome = FAILED
    reason = BAD_AMOUNT
  end
end

local record = outcome .. ' ' .. reason .. ' ' .. proposer.name .. ' ' .. partner.name .. ' ' .. ARGV[5]
if outcome ~= '1' then
  call('HSET', KEYS[2], ARGV[2], record)
  return {1, record}
end

-- The streams first: of all that is left only they can fail, when somebody else has used up their ids.
local row
if ARGV[12] ~= '' then
  row = redis.pcall('XADD', KEYS[6], '0-*', 'id', ARGV[6], 'key', ARGV[13], 'body', ARGV[14], 'at', ARGV[9])
  if row.err then
    return refuse(KEYS[6], row.err)
  end
  rows = rows + 1
end
local entry = redis.pcall('XADD', KEYS[5], '*', 'entry', 'trade:' .. ARGV[6], 'account', ARGV[7], 'other', ARGV[8],
  'gave', ARGV[10], 'got', ARGV[11], 'at', ARGV[9])
if entry.err then
  if row then
    call('XDEL', KEYS[6], row)
  end
  return refuse(KEYS[5], entry.err)
end
call('HSET', KEYS[2], ARGV[2], record)
-- What one player has from now on, in as few commands as it takes: each goes to the append-only file too.
local function write(key, before, change, gone, come, giver)
  local set = {'HSET', key, 'version', string.format('%.0f', tonumber(before.version) + 1)}
  local del = {'HDEL', key}
  for i = kinds, given - 1, 7 do
    local field, by = ARGV[i], ARGV[i + change]
    local has = before[field] or '0'
    if by ~= '0' then
      if #has > 15 or #by > 15 then
        if call('HINCRBY', key, field, by) == 0 then
          del[#del + 1] = field
        end
      else
        -- Below 10^15 doubles are exact.
        local count = tonumber(has) + tonumber(by)
        if count == 0 then
          del[#del + 1] = field
        else
          set[#set + 1] = field
          set[#set + 1] = string.format('%.0f', count)
        end
      end
    end
  end
  for i = gone[1], gone[2] do
    del[#del + 1] = ARGV[i]
  end
  for i = come[1], come[2] do
    set[#set + 1] = ARGV[i]
    set[#set + 1] = giver[ARGV[i]]
  end
  call(unpack(set))
  if #del > 2 then
    call(unpack(del))
  end
end
local wanted = given + tonumber(ARGV[17])
local gives, wants = {given, wanted - 1}, {wanted, #ARGV}
write(KEYS[3], proposer, 3, gives, wants, partner)
write(KEYS[4], partner, 5, wants, gives, proposer)
if ARGV[15] ~= '' then
  call('PUBLISH', KEYS[7], ARGV[15] .. ' ' .. ARGV[7] .. ' ' .. ARGV[8])
end
return {2, record, rows, from, to}
