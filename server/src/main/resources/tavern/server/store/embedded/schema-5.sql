-- Schema 5: what operators have stopped.

CREATE TABLE freeze (
  what TEXT NOT NULL,
  scope TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (what, scope, target)
) STRICT;
