-- Removes published rows from the outbox, all of which one read has found. A number alone does not identify a row: after a
-- fail-over that lost the newest rows, their numbers are given to other trades.
-- KEYS  outbox
-- ARGV  when the transaction of the last row was committed, then for each row, the one with the largest number last: its
--       id in the stream, its message id
-- Returns {rows that are left, how many ids belong to other messages}
local function row(i)
  local entry = ask('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
  return entry and entry[2]
end

local remove, others = {'XDEL', KEYS[1]}, 0
local newest = row(#ARGV - 1)
-- What is lost are always the newest rows: where this one was not lost since the read, none before it was. A trade that is
-- made again after it was lost may get its number again, but not the time of its commit.
local isKept = newest and newest[1] == 'id' and newest[2] == ARGV[#ARGV] and newest[7] == 'at' and newest[8] == ARGV[1]
for i = 2, #ARGV, 2 do
  local fields = isKept or row(i)
  if isKept or fields and fields[1] == 'id' and fields[2] == ARGV[i + 1] then
    remove[#remove + 1] = ARGV[i]
  elseif fields then
    others = others + 1
  end
end
if #remove > 2 then
  redis.call(unpack(remove))
end
return {ask('XLEN', KEYS[1]), others}
