package tavern.server.archive;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Map;
import tavern.game.RoomId;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;

/** Writes the archive's entries in a form that other programs read. Confined to one thread. */
public final class ArchiveExport {
    /** The forms of an export. */
    public enum Format {
        /** One line for each thing that moved; the first line has the names of the columns. */
        CSV,
        /** One JSON object for each entry, on a line of its own. */
        JSONL
    }

    private static final String COLUMNS = "segment,position,at_ms,id,room,fence,from,to,kind,count,item,made\r\n";
    private static final Gson GSON = new Gson();

    private final Format format;
    private final long fromMillis;
    private final long toMillis;
    private final Writer out;
    private long written;

    /**
     * @param fromMillis date of the first entries to write
     * @param toMillis date from which on entries are left out
     */
    public ArchiveExport(Format format, long fromMillis, long toMillis, Writer out) {
        this.format = format;
        this.fromMillis = fromMillis;
        this.toMillis = toMillis;
        this.out = out;
    }

    /**
     * Writes the entries in the order of the ledger, and returns how many there were. Nothing of a broken file is written.
     *
     * @throws IOException when a segment is missing or broken, or the output cannot be written
     */
    public long run(ArchiveFolder folder) throws IOException {
        if (format == Format.CSV) {
            out.write(COLUMNS);
        }
        long expected = 1;
        for (Map.Entry<Long, Path> segment : folder.segments().entrySet()) {
            if (segment.getKey() != expected) {
                throw new IOException("segment " + expected + " is missing");
            }
            expected++;
            try (SegmentReader reader = SegmentReader.open(segment.getValue())) {
                for (LedgerEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
                    if (entry.atMillis() >= fromMillis && entry.atMillis() < toMillis) {
                        write(segment.getKey(), entry);
                        written++;
                    }
                }
                reader.end();
            }
        }
        return written;
    }

    private void write(long segment, LedgerEntry entry) throws IOException {
        if (format == Format.JSONL) {
            out.write(json(segment, entry));
            out.write('\n');
            return;
        }
        for (LedgerLeg leg : entry.legs()) {
            for (Map.Entry<String, Long> stack : leg.stacks().entrySet()) {
                row(segment, entry, leg, stack.getKey(), stack.getValue(), "", "");
            }
            for (Map.Entry<Long, String> item : leg.items().entrySet()) {
                row(segment, entry, leg, item.getValue(), 1, item.getKey().toString(), "0");
            }
            for (Map.Entry<Long, String> item : leg.made().entrySet()) {
                row(segment, entry, leg, item.getValue(), 1, item.getKey().toString(), "1");
            }
        }
    }

    private void row(long segment, LedgerEntry entry, LedgerLeg leg, String kind, long count, String item, String made)
            throws IOException {
        RoomId room = entry.room();
        out.write(segment + "," + entry.position() + "," + entry.atMillis() + "," + quoted(entry.id()) + ","
                + (room == null ? "" : room.name()) + "," + entry.fence() + "," + leg.from() + "," + leg.to() + ","
                + kind + "," + count + "," + item + "," + made + "\r\n");
    }

    /** https://www.rfc-editor.org/rfc/rfc4180. The id is the only value that people choose freely. */
    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** One line; items and those made are objects of kinds by id. */
    static String json(long segment, LedgerEntry entry) {
        RoomId room = entry.room();
        JsonObject object = new JsonObject();
        object.addProperty("segment", segment);
        object.addProperty("position", entry.position());
        object.addProperty("at_ms", entry.atMillis());
        object.addProperty("id", entry.id());
        object.addProperty("room", room == null ? "" : room.name());
        object.addProperty("fence", entry.fence());
        object.add(
                "legs",
                GSON.toJsonTree(entry.legs().stream().map(ArchiveExport::leg).toList()));
        return GSON.toJson(object);
    }

    private static Map<String, Object> leg(LedgerLeg leg) {
        return Map.of(
                "from", leg.from().toString(),
                "to", leg.to().toString(),
                "stacks", leg.stacks(),
                "items", leg.items(),
                "made", leg.made());
    }
}
