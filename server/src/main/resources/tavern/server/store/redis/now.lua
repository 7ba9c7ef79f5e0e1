-- Tells Redis' clock, in milliseconds, where the realm is. Changes nothing.
-- KEYS  any of the realm
-- Returns {milliseconds}
return {string.format('%.0f', nowMillis())}
