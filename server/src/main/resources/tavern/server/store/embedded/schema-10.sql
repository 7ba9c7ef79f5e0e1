-- Schema 10: the ledger is cut into segments, which are sealed and leave for the archive.

-- hash: of all other columns, as Segment makes it. first, last: positions of entries.
CREATE TABLE segment (
  number INTEGER PRIMARY KEY,
  before TEXT NOT NULL,
  entries INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL,
  entries_hash TEXT NOT NULL,
  changes INTEGER NOT NULL,
  changes_hash TEXT NOT NULL,
  digest TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

-- What every account has at the end of the newest segment, as in CheckpointRow; rows of checkpoint_next count first if
-- they are of that segment.
CREATE TABLE checkpoint (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The rows that one segment changes, before and after it is sealed, until they are moved to the table above. Value '0': the
-- row is removed there.
CREATE TABLE checkpoint_next (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- prepared: the number of the segment to which the rows in checkpoint_next belong, with the fence under which they were
-- written; 0 if there are none. removed: position of the last entry that was removed from the ledger.
CREATE TABLE sealing (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  prepared INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT;

INSERT INTO sealing VALUES (1, 0, 0, 0);
