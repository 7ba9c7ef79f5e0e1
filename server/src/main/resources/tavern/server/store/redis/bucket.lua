-- Precedes scripts that look for rows of the checkpoint. Rows of neighbours share a hash, a bucket, that is small enough
-- for Redis to keep it compactly.
local ACCOUNTS, ITEMS, MINTS = 16, 64, 256

-- The bucket of a row, without the prefix of its key.
local function bucketOf(row)
  local item = string.match(row, '^#(%d+)$')
  if item then
    return string.format('#%.0f', math.floor(item / ITEMS))
  end
  local account = string.match(row, '^(%d+) ')
  if account then
    return string.format('%.0f', math.floor(account / ACCOUNTS))
  end
  return 'mint:' .. tonumber(string.sub(redis.sha1hex(string.match(row, '^%S*')), 1, 2), 16)
end
