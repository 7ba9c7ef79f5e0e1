-- Schema 12: leaderboards.

-- players: how many rows of board_score it has.
CREATE TABLE board (
  name TEXT PRIMARY KEY,
  players INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE board_score (
  board TEXT NOT NULL,
  player INTEGER NOT NULL,
  points INTEGER NOT NULL,
  PRIMARY KEY (board, player)
) STRICT, WITHOUT ROWID;

CREATE INDEX board_rank ON board_score (board, points DESC, player);
