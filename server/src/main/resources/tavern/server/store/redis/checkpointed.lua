-- Reads rows of the checkpoint. Changes nothing.
-- KEYS  segments, meta    (keys of buckets are only known here; they have the same tag)
-- ARGV  1 prefix of all keys  then the key of each row
-- Returns {value, or '' if the row is not there ...}
local moving = sealed(KEYS[1], KEYS[2], 'moving')
local values = {}
for i = 2, #ARGV do
  local bucket = bucketOf(ARGV[i])
  local value = moving and ask('HGET', ARGV[1] .. 'sealing:' .. bucket, ARGV[i])
    or ask('HGET', ARGV[1] .. 'checkpoint:' .. bucket, ARGV[i])
  values[i - 1] = value and value ~= '0' and value or ''
end
return values
