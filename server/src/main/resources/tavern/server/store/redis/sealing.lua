-- Precedes scripts that seal segments or remove what is sealed.

-- Reads fields of the hash of segments, in a realm of our schema.
local function sealed(segments, meta, ...)
  requireOurs(ask('HGET', meta, 'schema'), meta)
  local fields = redis.pcall('HMGET', segments, ...)
  if fields.err then
    refuse(segments, fields.err)
  end
  return unpack(fields, 1, select('#', ...))
end

-- Whether the fence is the newest of the lease.
local function isNewest(fence, key)
  return fence ~= '0' and (ask('GET', key) or '0') == fence
end

-- A number among the fields, 0 if it is missing.
local function number(text, segments, field)
  return tonumber(whole(text or '0', segments, field))
end
