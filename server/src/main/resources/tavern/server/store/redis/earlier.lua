-- Precedes scripts that look for outcomes in realms that were taken over from schema 1.

-- How the server of then remembered that it used the id: what it wrote, and which kind of id it is. Nothing is ever
-- added there.
local function earlier(prefix, id)
  local proposer, uuid = string.match(id, '^trade:(%d+)%-(.+)$')
  if proposer then
    local record = ask('HGET', prefix .. 'trades:' .. proposer, uuid)
    return record, record and 'trade'
  end
  local reference = string.match(id, '^grant:(.+)$')
  if reference and ask('SISMEMBER', prefix .. 'grants', reference) == 1 then
    return ask('HGET', prefix .. 'granted', reference) or '', 'grant'
  end
end

