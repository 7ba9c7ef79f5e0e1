-- Schema 4: what operators did. Each entry is chained to the one before by its hash; nothing is ever changed.

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  previous_hash TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  operator TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  result TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
