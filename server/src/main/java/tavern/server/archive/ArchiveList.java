package tavern.server.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tavern.server.store.Segment;

/** Lists the archive's segments, each of which is read for it. */
public final class ArchiveList {
    private ArchiveList() {}

    /**
     * Passes on a line for each segment.
     *
     * @return whether all could be read
     */
    public static boolean of(ArchiveFolder folder, Consumer<String> lines) throws IOException {
        boolean isSound = true;
        for (Map.Entry<Long, Path> file : folder.segments().entrySet()) {
            try {
                Segment segment = ArchiveFolder.read(file.getValue());
                lines.accept(String.format(
                        Locale.ROOT,
                        "%d  %d entries  %s to %s  newest %s  %d bytes  %s",
                        segment.number(),
                        segment.entries(),
                        segment.first(),
                        segment.last(),
                        Instant.ofEpochMilli(segment.newestMillis()),
                        Files.size(file.getValue()),
                        segment.hash()));
            } catch (BrokenSegmentException e) {
                lines.accept(file.getKey() + "  broken: " + e.getMessage());
                isSound = false;
            } catch (IOException e) {
                lines.accept(file.getKey() + "  cannot be read: " + ArchiveFolder.reason(e));
                isSound = false;
            }
        }
        return isSound;
    }
}
