-- realm-order
-- Keeps an order of the operators that each server hears with its next report (directory).
-- KEYS  meta of the open rooms
-- ARGV  1 the order, '' for none
-- Returns {}
ask('HLEN', KEYS[1])
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'order')
else
  redis.call('HSET', KEYS[1], 'order', ARGV[1])
end
return {}
