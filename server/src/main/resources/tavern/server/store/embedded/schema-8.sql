-- Schema 8: rooms that nobody uses are forgotten.

-- used_ms: about when the lease was last held. Tokens tell when it was acquired only, and it may have been held until now.
ALTER TABLE fence ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
UPDATE fence SET used_ms = unixepoch() * 1000;

CREATE INDEX fence_used ON fence (used_ms);

-- The largest token of all leases that were forgotten: later tokens are larger.
CREATE TABLE fence_floor (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  token INTEGER NOT NULL
) STRICT;

INSERT INTO fence_floor VALUES (1, 0);
