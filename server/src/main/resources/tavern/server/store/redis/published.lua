-- Removes published rows from the outbox. A number alone does not identify a row: after a fail-over that lost the
-- newest rows, their numbers are given to other trades.
-- KEYS  outbox
-- ARGV  for each row: its id in the stream, its message id
-- Returns {rows that are left, how many ids belong to other messages}
local remove, others = {'XDEL', KEYS[1]}, 0
for i = 1, #ARGV, 2 do
  local entry = ask('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
  if entry then
    if entry[2][1] == 'id' and entry[2][2] == ARGV[i + 1] then
      remove[#remove + 1] = ARGV[i]
    else
      others = others + 1
    end
  end
end
if #remove > 2 then
  redis.call(unpack(remove))
end
return {ask('XLEN', KEYS[1]), others}
