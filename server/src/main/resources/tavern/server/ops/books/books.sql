-- What is worked out from the ledger and the audit log, for searching. All of it can be worked out again.

-- How far it goes: the last entry, and the position of the one before, from where the next page is read so that it
-- begins with an entry that is known.
CREATE TABLE mark (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  entries INTEGER NOT NULL,
  before TEXT NOT NULL,
  position TEXT NOT NULL,
  reference TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  deeds INTEGER NOT NULL,
  deed_hash TEXT NOT NULL
) STRICT;

INSERT INTO mark VALUES (1, 0, '', '', '', 0, 0, '');

CREATE TABLE player (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

-- number: which entry of the ledger it is, from 1. other 0: a grant, and room is ''. gave and got: gold=30,#17
CREATE TABLE entry (
  number INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  account INTEGER NOT NULL,
  other INTEGER NOT NULL,
  room TEXT NOT NULL,
  gave TEXT NOT NULL,
  got TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE player_entry (
  player INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (player, at_ms, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_entry (
  item INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (item, number)
) STRICT, WITHOUT ROWID;

-- What each player should own by the entries so far. owner 0: it went back to the mint.
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

-- What came out of the mint and did not go back; can pass 2^63. kind '#': how many items.
CREATE TABLE granted (
  kind TEXT PRIMARY KEY,
  count TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Operators' orders, by whom they were about.
CREATE TABLE deed (
  target TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (target, at_ms, seq)
) STRICT, WITHOUT ROWID;
