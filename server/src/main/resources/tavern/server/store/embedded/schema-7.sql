-- Schema 7: which write-ahead log belongs to the file; a grant keeps what it was for, and a ban what the player is told.

-- See FileMark. The server writes the first mark.
CREATE TABLE file_mark (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  mark BLOB NOT NULL
) STRICT;

-- '<player> <goods>'; '': a server before this version did it, and did not keep it.
ALTER TABLE grant_reference ADD COLUMN contents TEXT NOT NULL DEFAULT '';

-- What was kept was the operators' own reason, which the audit log has too: players are not told it any more.
ALTER TABLE player RENAME COLUMN ban_reason TO ban_message;
UPDATE player SET ban_message = '' WHERE ban_message <> '';
