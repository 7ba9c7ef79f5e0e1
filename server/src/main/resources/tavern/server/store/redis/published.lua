-- Removes published rows from the outbox. A number alone does not identify a row: after a fail-over that lost the newest
-- rows, their numbers are given to other trades.
-- KEYS  outbox
-- ARGV  for each row: its id in the stream, its message id, and if it has the largest number of those that one read has
--       found, which follow it, when its transaction was committed; otherwise ''
-- Returns {rows that are left, how many ids belong to other messages}
local remove, others, isKept = {'XDEL', KEYS[1]}, 0, false
for i = 1, #ARGV, 3 do
  local isNewest = ARGV[i + 2] ~= ''
  -- What is lost are always the newest rows: where the newest of a read was not lost since, none of that read was.
  if isNewest or not isKept then
    local entry = ask('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
    local fields = entry and entry[2]
    local isOurs = fields and fields[1] == 'id' and fields[2] == ARGV[i + 1]
    -- A trade that is made again after it was lost may get its number again, but not the time of its commit.
    isKept = isNewest and isOurs and fields[7] == 'at' and fields[8] == ARGV[i + 2]
    if isOurs then
      remove[#remove + 1] = ARGV[i]
    elseif fields then
      others = others + 1
    end
  else
    remove[#remove + 1] = ARGV[i]
  end
end
if #remove > 2 then
  redis.call(unpack(remove))
end
return {ask('XLEN', KEYS[1]), others}
