-- Follows common.lua in scripts for turns of rooms with games.

-- Compares a turn with what is kept of its room.
-- Returns the reply that ends the script and the revision that is kept; or nil, and when the room is due, if the turn is
-- the next one
local function checkTurn(game, dues, room, follows, revision, at)
  local kept = redis.pcall('HMGET', game, 'revision', 'due')
  if kept.err then
    refuse(game, kept.err)
  end
  ask('ZCARD', dues)
  local last = whole(kept[1] or '0', game, 'revision')
  if last == revision then
    return {0, at .. '\n'}, last
  end
  if last ~= follows then
    return {1, at .. ' OUT_OF_ORDER 0 the revision of room ' .. room .. ' is ' .. last .. ', not ' .. follows .. '\n', 0}, last
  end
  return nil, kept[2] or ''
end

-- Keeps the room as it is after the turn. Times when rooms are due are '' for never.
local function keepTurn(game, dues, room, fence, revision, type, due, state, dueBefore)
  redis.call('HSET', game, 'type', type, 'revision', revision, 'fence', fence, 'due', due, 'state', state)
  if due ~= dueBefore then
    if due == '' then
      redis.call('ZREM', dues, room)
    else
      redis.call('ZADD', dues, due, room)
    end
  end
end
