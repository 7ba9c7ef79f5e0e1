-- Schema 6: chat lines that were appended together share a row, and rows stand in the order they were written, whatever
-- their room, so that a commit fills few pages.

-- lines: how many are in content. Blocks of a room follow each other; a block is known by the number of its last line.
CREATE TABLE chat_block (
  sequence INTEGER PRIMARY KEY,
  room TEXT NOT NULL,
  last_number INTEGER NOT NULL,
  lines INTEGER NOT NULL CHECK (lines > 0),
  content BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX chat_block_room ON chat_block (room, last_number);

-- SQL cannot encode them: the server does, and drops the table.
ALTER TABLE chat RENAME TO chat_5;
