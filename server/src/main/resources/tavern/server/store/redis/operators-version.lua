-- Raises the version of the operators: each is larger than any before, even when data was lost.
local function raiseVersion(key)
  local version = whole(ask('HGET', key, 'version') or '0', key, 'version')
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('HSET', key, 'version', string.format('%.0f', math.max(now, tonumber(version) + 1)))
end
