package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import tavern.engine.recorded.RecordedEntry;
import tavern.engine.recorded.RecordingHeader;

/**
 * What a room's game has done, as {@code recording.proto} describes it.
 *
 * @param entries {@link RecordedEntry} messages, in order
 */
public record RecordingFile(RecordingHeader header, List<ByteString> entries) {
    public static final int FORMAT = 1;

    /** Of what is not recorded. */
    public static final RecordingFile NONE = new RecordingFile(RecordingHeader.getDefaultInstance(), List.of());

    public RecordingFile {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a whole file; does not close the stream.
     *
     * @throws IOException when it is not a recording, or not a whole one; the message is for people
     */
    public static RecordingFile read(InputStream in) throws IOException {
        CodedInputStream coded = CodedInputStream.newInstance(in);
        try {
            if (coded.isAtEnd()) {
                throw new IOException("the file is empty");
            }
            RecordingHeader header = RecordingHeader.parseFrom(coded.readBytes());
            if (header.getFormat() != FORMAT || header.getGame().isEmpty()) {
                throw new IOException(
                        header.getFormat() <= FORMAT
                                ? "the file is not a recording"
                                : "the recording has format " + header.getFormat() + ", and this version reads "
                                        + FORMAT + ": use the version that has recorded it (" + header.getServer()
                                        + ")");
            }
            List<ByteString> entries = new ArrayList<>();
            while (!coded.isAtEnd()) {
                entries.add(coded.readBytes());
                coded.resetSizeCounter();
            }
            return new RecordingFile(header, entries);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the file is not a recording, or its end is missing: " + e.getMessage(), e);
        }
    }

    /** What it takes in memory, and a little more than in a file. */
    public long bytes() {
        return entries.stream()
                .mapToLong(entry -> (long) entry.size() + FlightRecorder.ENTRY_BYTES)
                .sum();
    }

    /** Does not close the stream. */
    public void writeTo(OutputStream out) throws IOException {
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        coded.writeByteArrayNoTag(header.toByteArray());
        for (ByteString entry : entries) {
            coded.writeBytesNoTag(entry);
        }
        coded.flush();
    }

    /** @param number from 0 on; @throws InvalidProtocolBufferException when it is not an entry */
    RecordedEntry entry(int number) throws InvalidProtocolBufferException {
        return RecordedEntry.parseFrom(entries.get(number));
    }
}
