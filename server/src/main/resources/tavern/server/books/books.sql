-- Derived from the ledger and the audit log, for searching. All of it can be computed again.

-- How far the books go: the last entry, and the position of the one before, from where the next page is read so that it
-- begins with a known entry. begins_later: the books began with a checkpoint.
CREATE TABLE mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  entries INTEGER NOT NULL,
  before TEXT NOT NULL,
  position TEXT NOT NULL,
  reference TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  deeds INTEGER NOT NULL,
  deed_hash TEXT NOT NULL,
  begins_later INTEGER NOT NULL CHECK (begins_later IN (0, 1))
) STRICT;

INSERT INTO mark VALUES (1, 0, '', '', '', 0, 0, '', 0);

-- Named accounts too; their names begin with '@'.
CREATE TABLE player (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

-- Only entries that the ledger still has. number: from 1. position, id, legs: as in the ledger. kind: the part of the id before the first colon. room
-- '': none.
CREATE TABLE entry (
  number INTEGER PRIMARY KEY,
  position TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  room TEXT NOT NULL,
  legs TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

-- Long after the store has forgotten their outcomes, the references of grants are known here. Not unique: a ledger may
-- hold a repeat from a time when nothing prevented it.
CREATE INDEX grant_entry ON entry (id) WHERE kind = 'grant';

-- Lists of trades pass over all other entries, of which there may be many more.
CREATE INDEX entry_trade ON entry (number) WHERE kind = 'trade';

-- Grants of which the ledger has no entry any more, with the date of the first one.
CREATE TABLE old_grant (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE player_entry (
  player INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  number INTEGER NOT NULL,
  is_trade INTEGER NOT NULL CHECK (is_trade IN (0, 1)),
  PRIMARY KEY (player, at_ms, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX player_trade ON player_entry (player, at_ms, number) WHERE is_trade = 1;

CREATE TABLE item_entry (
  item INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (item, number)
) STRICT, WITHOUT ROWID;

-- What each player should own according to the entries so far. owner 0: it went into a mint.
CREATE TABLE stack (
  player INTEGER NOT NULL,
  kind TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (player, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  owner INTEGER NOT NULL
) STRICT;

CREATE INDEX item_owner ON item (owner);

-- The kinds of all items that ever existed.
CREATE TABLE item_kind (
  kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What came out of all mints and did not go into one; can exceed 2^63. kind '#': the number of items.
CREATE TABLE granted (
  kind TEXT PRIMARY KEY,
  count TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is wrong with the ledger itself; only the first faults.
CREATE TABLE fault (
  number INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

-- Operators' commands, by target.
CREATE TABLE deed (
  target TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (target, at_ms, seq)
) STRICT, WITHOUT ROWID;
