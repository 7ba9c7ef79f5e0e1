-- Precedes scripts that compare positions in the ledger.

-- Whether position a is after position b, '' being before all.
local function isAfter(a, b)
  if b == '' or a == '' then
    return a ~= b and a ~= ''
  end
  local aMillis, aSequence = string.match(a, '^(%d+)%-(%d+)$')
  local bMillis, bSequence = string.match(b, '^(%d+)%-(%d+)$')
  if aMillis ~= bMillis then
    return atLeast(aMillis, bMillis)
  end
  return aSequence ~= bSequence and atLeast(aSequence, bSequence)
end
