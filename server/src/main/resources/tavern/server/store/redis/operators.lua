-- Reads the operators as of one moment.
-- KEYS  operators, operator-sessions
-- Returns {fields and values of the first, of the second}
return {ask('HGETALL', KEYS[1]), ask('HGETALL', KEYS[2])}
