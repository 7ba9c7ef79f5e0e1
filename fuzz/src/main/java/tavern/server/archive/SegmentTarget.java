package tavern.server.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tavern.fuzz.FuzzTarget;
import tavern.game.RoomId;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.Segment;

/**
 * A segment of the archive. An input is the text of a segment, which is given the right sum, so that all behind the sum
 * is reached: it is refused, or every line of it says one thing only. The same bytes as they are must be refused.
 */
public final class SegmentTarget implements FuzzTarget {
    public static final String NAME = "segment";

    private final Path folder;
    private final Path file;
    private final byte[] whole;

    public SegmentTarget() {
        try {
            folder = Files.createTempDirectory("tavern-fuzz");
            file = folder.resolve("1.segment");
            whole = text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnsoundLedgerException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "a segment of the archive";
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(whole, (SegmentForm.TITLE + "\n").getBytes(US_ASCII));
    }

    private byte[] text() throws IOException, UnsoundLedgerException {
        Path made = folder.resolve("seed");
        try (SegmentWriter writer = new SegmentWriter(made, 1, Segment.GENESIS, "")) {
            for (int i = 1; i <= 3; i++) {
                writer.add(new LedgerEntry(
                        Integer.toString(i),
                        "trade:" + i,
                        i == 2 ? null : new RoomId("hall"),
                        i,
                        1_000L * i,
                        LedgerLine.parse(i + " 5 x - 0 1>2|gold=5,#7:bow;mint:shop>2|+8:key")
                                .legs(),
                        new TreeMap<>()));
            }
            writer.finish(
                    List.of(
                            new CheckpointRow("#7", "2 bow"),
                            new CheckpointRow("2 gold", "15"),
                            new CheckpointRow("mint:shop gold", "-500")),
                    Segment.GENESIS);
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(made)))) {
            String lines = new String(in.readAllBytes(), US_ASCII);
            return lines.substring(0, lines.lastIndexOf(SegmentForm.SUM)).getBytes(US_ASCII);
        }
    }

    @Override
    public void run(byte[] input) throws IOException {
        Files.write(file, input);
        if (isRead(file)) {
            throw new AssertionError("a segment without a sum was read");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(input);
        }
        MessageDigest sum = Segment.sha256();
        sum.update(bytes.toByteArray());
        bytes.write(SegmentForm.tail(Segment.hex(sum.digest())));
        Files.write(file, bytes.toByteArray());
        isRead(file);
    }

    private static boolean isRead(Path file) throws IOException {
        try (SegmentReader reader = SegmentReader.open(file)) {
            for (LedgerEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
                LedgerEntry again = LedgerLine.parse(LedgerLine.of(entry));
                if (!again.equals(entry)) {
                    throw new AssertionError("an entry that changes when it is written: " + entry + ", " + again);
                }
            }
            for (CheckpointRow row = reader.nextRow(); row != null; row = reader.nextRow()) {
                if (!CheckpointRow.parse(row.line()).equals(row)) {
                    throw new AssertionError("a row that changes when it is written: " + row);
                }
            }
            reader.end();
            return true;
        } catch (BrokenSegmentException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try (var files = Files.list(folder)) {
            for (Path left : files.toList()) {
                Files.delete(left);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder could not be removed", e);
        }
    }
}
