-- Schema 9: transactions of any number of legs take the place of trades and grants. How each ended is remembered in the
-- order of the ids' own times, and forgotten in that order; the ledger has one row for each.

-- What makes a transaction happen once. born_ms: the time in the id; 0 if it has none. reason: 0 if it was committed;
-- otherwise the number of a Refusal.Reason from 1, with the leg or put that was refused.
CREATE TABLE outcome (
  born_ms INTEGER NOT NULL,
  id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  at_index INTEGER NOT NULL,
  text TEXT NOT NULL,
  memo BLOB NOT NULL,
  PRIMARY KEY (born_ms, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX outcome_undated ON outcome (at_ms) WHERE born_ms = 0;

-- Outcomes of ids from before this time may be gone; such ids are refused.
CREATE TABLE forgotten (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  before_ms INTEGER NOT NULL
) STRICT;

INSERT INTO forgotten VALUES (1, 0);

-- The ledger. legs: '12>13|gold=5,#17:bow;mint:shop>12|+18:key'; accounts are numbers of players, items stand with their
-- kinds, new ones with a plus.
CREATE TABLE entry (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  room TEXT,
  fence INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  legs TEXT NOT NULL
) STRICT;

-- Durable values of players.
CREATE TABLE kept (
  player INTEGER NOT NULL REFERENCES player (id),
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (player, key)
) STRICT, WITHOUT ROWID;

-- How many values were put for the player. Named accounts are players whose names begin with '@'.
ALTER TABLE player ADD COLUMN puts INTEGER NOT NULL DEFAULT 0;

-- What the message tells of the legs and of the accounts after them; empty in rows of servers before transactions, whose
-- bodies are whole.
ALTER TABLE outbox ADD COLUMN legs TEXT NOT NULL DEFAULT '';

-- Players whose name was replaced while the search for it in the rooms has not ended. Until then the name is nobody's.
CREATE TABLE erasure (
  player INTEGER PRIMARY KEY REFERENCES player (id),
  name TEXT NOT NULL UNIQUE,
  since_ms INTEGER NOT NULL
) STRICT;

DROP VIEW ledger;
DROP VIEW trade_entry;
DROP TABLE IF EXISTS trade_slot;

-- How far the old tables are taken over: the server copies them in steps, and drops them, and this one, at the end.
CREATE TABLE takeover (
  ledger_line INTEGER NOT NULL,
  trade INTEGER NOT NULL
) STRICT;

INSERT INTO takeover VALUES (0, 0);

-- The ledger as one reads it: what each account lost or gained. account 0: a mint. For an item, item is its id and delta
-- 1 or -1; for a count item is 0.
CREATE VIEW ledger (position, entry, account, kind, item, delta, at_ms) AS
  WITH RECURSIVE
    leg (position, text, rest) AS (
      SELECT position, '', legs || ';' FROM entry
      UNION ALL
      SELECT position, substr(rest, 1, instr(rest, ';') - 1), substr(rest, instr(rest, ';') + 1) FROM leg
      WHERE rest <> ''),
    goods (position, giver, taker, text, rest) AS (
      SELECT position, substr(text, 1, instr(text, '>') - 1),
        substr(text, instr(text, '>') + 1, instr(text, '|') - instr(text, '>') - 1), '',
        substr(text, instr(text, '|') + 1) || ',' FROM leg WHERE text <> ''
      UNION ALL
      SELECT position, giver, taker, substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1)
      FROM goods WHERE rest <> ''),
    line (position, giver, taker, kind, item, count) AS (
      SELECT position, giver, taker,
        CASE WHEN text GLOB '[#+]*' THEN substr(text, instr(text, ':') + 1)
        ELSE substr(text, 1, instr(text, '=') - 1) END,
        CASE WHEN text GLOB '[#+]*' THEN CAST(substr(text, 2, instr(text, ':') - 2) AS INTEGER) ELSE 0 END,
        CASE WHEN text GLOB '[#+]*' THEN 1 ELSE CAST(substr(text, instr(text, '=') + 1) AS INTEGER) END
      FROM goods WHERE text <> '')
  SELECT entry.position, id, account, kind, item, delta, at_ms FROM (
    SELECT position, CASE WHEN giver LIKE 'mint:%' THEN 0 ELSE CAST(giver AS INTEGER) END AS account, kind, item,
      -count AS delta FROM line
    UNION ALL
    SELECT position, CASE WHEN taker LIKE 'mint:%' THEN 0 ELSE CAST(taker AS INTEGER) END, kind, item, count
      FROM line) AS change
  JOIN entry ON entry.position = change.position;
