-- Withdraws the offer of a room.
-- KEYS  lease, fence, moving
-- ARGV  1 fence
-- Returns {1} when the room is the caller's | {0, holder} when another server has it; the holder is empty when nobody has
if ask('GET', KEYS[2]) ~= ARGV[1] then
  local lease = ask('GET', KEYS[1]) or ''
  return {0, string.match(lease, ' (.*)') or ''}
end
redis.call('DEL', KEYS[3])
return {1}
