-- Schema 11: rooms with games.

-- state: as the game's own code writes it. due_ms: when the room has to be opened even if nobody comes; 9223372036854775807
-- for never. The state is last, so that the other columns are found without reading it.
CREATE TABLE game_room (
  room TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision > 0),
  due_ms INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;

CREATE INDEX game_room_due ON game_room (due_ms) WHERE due_ms < 9223372036854775807;
