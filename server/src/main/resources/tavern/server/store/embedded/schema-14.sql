-- Schema 14: what changes with nearly every transaction has a table of its own. Many of these rows fit on a page, so that
-- a commit that changes many accounts writes few pages.

-- The row of the same number in player. puts: how many values were put for the player.
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  puts INTEGER NOT NULL
) STRICT;

INSERT INTO account (id, version, puts) SELECT id, version, puts FROM player ORDER BY id;

ALTER TABLE player DROP COLUMN version;
ALTER TABLE player DROP COLUMN puts;
