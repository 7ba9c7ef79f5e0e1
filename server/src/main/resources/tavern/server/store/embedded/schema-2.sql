-- Schema 2: leases of more than rooms; numbered chat lines, so that one is never appended twice.

ALTER TABLE fence RENAME COLUMN room TO lease;
UPDATE fence SET lease = 'room:' || lease;

ALTER TABLE chat ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
DROP INDEX chat_room;
CREATE INDEX chat_room ON chat (room, number);
