package tavern.server.store.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a write-ahead log, read without SQLite. The format: https://www.sqlite.org/fileformat2.html#walformat
 *
 * @param isThere whether the file exists
 * @param hasFrames whether it contains anything that SQLite would apply
 * @param markPage the page that contains the marks, or 0 if there is no mark
 * @param first the oldest mark in the log
 * @param last the newest mark in the log
 */
record WriteAheadLog(
        boolean isThere,
        boolean hasFrames,
        int pageBytes,
        int markPage,
        @Nullable FileMark first,
        @Nullable FileMark last) {
    private static final int HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;
    private static final int MAGIC = 0x377f0682; // the lowest bit gives the checksums' byte order
    private static final int PAGE_BYTES_MIN = 512;
    private static final int PAGE_BYTES_MAX = 65_536;

    static WriteAheadLog read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return empty(false);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            if (!fill(channel, header) || (header.getInt(0) & ~1) != MAGIC) {
                return empty(true);
            }
            int pageBytes = header.getInt(8);
            boolean isPower = Integer.bitCount(pageBytes) == 1;
            if (!isPower || pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX) {
                return empty(true);
            }
            return frames(channel, pageBytes, header.getLong(16));
        }
    }

    private static WriteAheadLog empty(boolean isThere) {
        return new WriteAheadLog(isThere, false, 0, 0, null, null);
    }

    /** Reads the frames with the header's salts; anything after them is left over from before the log was restarted. */
    private static WriteAheadLog frames(FileChannel channel, int pageBytes, long salts) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + pageBytes);
        byte[] page = new byte[pageBytes];
        boolean hasFrames = false;
        int markPage = 0;
        FileMark first = null;
        FileMark last = null;
        while (fill(channel, frame) && frame.getLong(8) == salts) {
            hasFrames = true;
            int number = frame.getInt(0);
            if (markPage != 0 && number != markPage) {
                continue;
            }
            frame.get(FRAME_HEADER_BYTES, page);
            Optional<FileMark> mark = FileMark.in(page);
            if (mark.isPresent()) {
                markPage = number;
                first = first == null ? mark.get() : first;
                last = mark.get();
            }
        }
        return new WriteAheadLog(true, hasFrames, pageBytes, markPage, first, last);
    }

    /** Returns false at the end of the file. */
    static boolean fill(FileChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        buffer.flip();
        return true;
    }
}
