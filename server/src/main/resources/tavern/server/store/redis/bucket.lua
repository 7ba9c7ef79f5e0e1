-- Precedes scripts that look for rows of the checkpoint. Rows of neighbours share a hash, a bucket, that is small enough
-- for Redis to keep it compactly.
local ACCOUNTS, ITEMS = 16, 64

-- How many buckets the rows of mints and of grants are spread over, by the name of the mint or the reference.
local SHARED = {['mint:'] = 256, ['grant:'] = 4096}

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
  local word, group = string.match(row, '^((%a+:)%S*)')
  return string.format('%s%.0f', group, tonumber(string.sub(redis.sha1hex(word), 1, 6), 16) % SHARED[group])
end
