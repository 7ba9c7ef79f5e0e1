package tavern.server.store.embedded;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Shows whether a file and a write-ahead log belong together. It is one value of fixed length, so that it can be found
 * in a page of either of them without SQLite, which would apply a foreign log to the file and so destroy it.
 *
 * @param file a random id of the file, assigned once
 * @param changes how many transactions have changed the file; each of them updates the mark
 * @param open whether a server has the file open, and so may have transactions in the log that the file lacks
 * @param schemaCookie SQLite's count of schema changes at the last opening; SQLite assigns another value to copies that
 *     it makes itself (backup, VACUUM INTO), and those are complete without a log
 */
record FileMark(UUID file, long changes, boolean open, int schemaCookie) {
    /** Cannot occur in text, because UTF-8 never contains 0xff. */
    private static final byte[] MAGIC = {
        (byte) 0xff, 't', 'a', 'v', 'e', 'r', 'n', '-', 'm', 'a', 'r', 'k', (byte) 0xfe, (byte) 0xff, 0x31, (byte) 0xfe
    };

    private static final int LENGTH = MAGIC.length + 16 + 8 + 1 + 4;

    static FileMark first() {
        return new FileMark(UUID.randomUUID(), 1, false, 0);
    }

    FileMark next() {
        return new FileMark(file, changes + 1, open, schemaCookie);
    }

    FileMark opened(int cookie) {
        return new FileMark(file, changes + 1, true, cookie);
    }

    FileMark closed() {
        return new FileMark(file, changes + 1, false, schemaCookie);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(LENGTH)
                .put(MAGIC)
                .putLong(file.getMostSignificantBits())
                .putLong(file.getLeastSignificantBits())
                .putLong(changes)
                .put((byte) (open ? 1 : 0))
                .putInt(schemaCookie)
                .array();
    }

    /** Finds the mark in a page, or in a value of the table; empty when there is none. */
    static Optional<FileMark> in(byte[] page) {
        for (int at = 0; at <= page.length - LENGTH; at++) {
            if (page[at] == MAGIC[0] && Arrays.equals(page, at, at + MAGIC.length, MAGIC, 0, MAGIC.length)) {
                ByteBuffer rest = ByteBuffer.wrap(page, at + MAGIC.length, LENGTH - MAGIC.length);
                UUID file = new UUID(rest.getLong(), rest.getLong());
                return Optional.of(new FileMark(file, rest.getLong(), rest.get() != 0, rest.getInt()));
            }
        }
        return Optional.empty();
    }
}
