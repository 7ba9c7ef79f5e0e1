-- Schema 1. Each file brings the version before up to its own number; PRAGMA user_version holds the number.
-- Account 0 of the ledger is the mint: what a grant gives comes out of it, so every entry's rows sum to zero.

CREATE TABLE player (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  banned_until_ms INTEGER NOT NULL DEFAULT 0,
  muted_until_ms INTEGER NOT NULL DEFAULT 0,
  ban_reason TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE balance (
  player INTEGER NOT NULL REFERENCES player (id),
  kind TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (player, kind)
) STRICT, WITHOUT ROWID;

-- owner 0: taken back. Ids are never used again.
CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  owner INTEGER NOT NULL
) STRICT;

CREATE INDEX item_owner ON item (owner);

-- Every trade that ended, however it ended. uuid is the client's, terms a tavern.v1.TradeOffer without its id.
CREATE TABLE trade (
  proposer INTEGER NOT NULL REFERENCES player (id),
  uuid BLOB NOT NULL CHECK (length(uuid) = 16),
  partner INTEGER NOT NULL REFERENCES player (id),
  room TEXT NOT NULL,
  fence INTEGER NOT NULL,
  terms BLOB NOT NULL,
  outcome INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (proposer, uuid)
) STRICT, WITHOUT ROWID;

-- entry: what belongs together; 'trade:<proposer>-<uuid>' or 'grant:<reference>'.
-- For an item, item is its id and delta 1 or -1; for a stack item is 0.
CREATE TABLE ledger (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  entry TEXT NOT NULL,
  account INTEGER NOT NULL,
  kind TEXT NOT NULL,
  item INTEGER NOT NULL,
  delta INTEGER NOT NULL CHECK (delta <> 0),
  at_ms INTEGER NOT NULL
) STRICT;

-- What makes a grant happen once.
CREATE TABLE grant_reference (
  reference TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  routing_key TEXT NOT NULL,
  body BLOB NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE fence (
  room TEXT PRIMARY KEY,
  token INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  room TEXT NOT NULL,
  player TEXT NOT NULL,
  text TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX chat_room ON chat (room, sequence);

CREATE TABLE position (
  room TEXT NOT NULL,
  player INTEGER NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  PRIMARY KEY (room, player)
) STRICT, WITHOUT ROWID;
