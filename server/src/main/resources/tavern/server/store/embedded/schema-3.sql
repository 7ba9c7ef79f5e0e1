-- Schema 3: trades and ledger lines are only ever appended, in the order they were committed, so that a commit fills
-- few pages; the one thing that is in no order, the trades' ids, is kept apart, as narrow as can be.

ALTER TABLE trade RENAME TO trade_2;
ALTER TABLE ledger RENAME TO ledger_2;
ALTER TABLE grant_reference RENAME TO grant_reference_2;

-- Every trade that ended, however it ended. uuid is the client's, terms a tavern.v1.TradeOffer without its id.
CREATE TABLE trade (
  sequence INTEGER PRIMARY KEY,
  proposer INTEGER NOT NULL REFERENCES player (id),
  uuid BLOB NOT NULL,
  partner INTEGER NOT NULL REFERENCES player (id),
  room TEXT NOT NULL,
  fence INTEGER NOT NULL,
  terms BLOB NOT NULL,
  outcome INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

INSERT INTO trade (proposer, uuid, partner, room, fence, terms, outcome, reason, at_ms)
  SELECT proposer, uuid, partner, room, fence, terms, outcome, reason, at_ms FROM trade_2 ORDER BY at_ms, fence;

-- What makes a trade end once: its id, hashed to a slot, or the next free one after it. Rows are never deleted.
CREATE TABLE trade_slot (
  slot INTEGER PRIMARY KEY,
  trade INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What makes a grant happen once.
CREATE TABLE grant_reference (
  number INTEGER PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL
) STRICT;

INSERT INTO grant_reference (reference, at_ms)
  SELECT reference, ifnull(min(at_ms), 0) FROM grant_reference_2 LEFT JOIN ledger_2 ON entry = 'grant:' || reference
  GROUP BY reference ORDER BY min(ledger_2.sequence);

-- What belongs together names the same trade (its sequence) or the same grant (its number); the other is null.
-- For an item, item is its id and delta 1 or -1; for a stack item is 0.
CREATE TABLE ledger_line (
  sequence INTEGER PRIMARY KEY,
  trade INTEGER,
  grant_number INTEGER,
  account INTEGER NOT NULL,
  kind TEXT NOT NULL,
  item INTEGER NOT NULL,
  delta INTEGER NOT NULL CHECK (delta <> 0)
) STRICT;

-- How each trade and grant is called in the ledger.
CREATE VIEW trade_entry (trade, entry, at_ms) AS
  SELECT sequence, 'trade:' || proposer || '-' || substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-'
    || substr(hex, 13, 4) || '-' || substr(hex, 17, 4) || '-' || substr(hex, 21), at_ms
  FROM (SELECT sequence, proposer, lower(hex(uuid)) AS hex, at_ms FROM trade);

INSERT INTO ledger_line (sequence, trade, grant_number, account, kind, item, delta)
  SELECT old.sequence, trade_name.trade, number, account, kind, item, delta FROM ledger_2 AS old
  LEFT JOIN (SELECT trade, entry FROM trade_entry LIMIT -1) AS trade_name ON trade_name.entry = old.entry
  LEFT JOIN grant_reference ON old.entry LIKE 'grant:%' AND reference = substr(old.entry, 7)
  ORDER BY old.sequence;

DROP TABLE ledger_2;
DROP TABLE trade_2;
DROP TABLE grant_reference_2;

-- The book as one reads it: entry is 'trade:<proposer>-<uuid>' or 'grant:<reference>'.
CREATE VIEW ledger (sequence, entry, account, kind, item, delta, at_ms) AS
  SELECT line.sequence,
    CASE WHEN grant_number IS NOT NULL THEN 'grant:' || ifnull(reference, '#' || grant_number)
    ELSE ifnull(entry, 'trade:#' || ifnull(line.trade, '?')) END,
    account, kind, item, delta, ifnull(trade_entry.at_ms, grant_reference.at_ms)
  FROM ledger_line AS line
  LEFT JOIN trade_entry ON trade_entry.trade = line.trade
  LEFT JOIN grant_reference ON number = grant_number;
