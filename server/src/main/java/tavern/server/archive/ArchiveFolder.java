package tavern.server.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tavern.server.store.Segment;

/** The folder with the files of sealed segments. A file that has its name is complete, and never changed again. */
public final class ArchiveFolder {
    private static final Pattern SEGMENT = Pattern.compile("([0-9]{12,18})\\.segment");
    private static final String PART = ".part";

    private final Path path;

    public ArchiveFolder(Path path) {
        this.path = path;
    }

    /** All segments' files by their numbers; empty if there is no such folder. */
    SortedMap<Long, Path> segments() throws IOException {
        SortedMap<Long, Path> found = new TreeMap<>();
        if (!Files.isDirectory(path)) {
            return found;
        }
        try (Stream<Path> files = Files.list(path)) {
            files.forEach(file -> {
                Matcher name = SEGMENT.matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.put(Long.valueOf(name.group(1)), file);
                }
            });
        }
        return found;
    }

    Path file(long number) {
        return path.resolve(String.format(Locale.ROOT, "%012d.segment", number));
    }

    /** Creates the folder, and removes what crashes have left in it. Only the owner of the lease may do this. */
    void prepare() throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectories(path);
            force(Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root is there"));
        }
        List<Path> leftovers;
        try (Stream<Path> files = Files.list(path)) {
            leftovers = files.filter(file -> file.getFileName().toString().endsWith(PART))
                    .toList();
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
    }

    /** A name for a file that is not complete yet, which nobody else uses. */
    Path part(long number) {
        return path.resolve(number + "." + UUID.randomUUID() + PART);
    }

    /**
     * Gives a complete file its name. A file that has it already is never replaced; if it holds the same segment, as after a
     * crash, it stays and counts.
     *
     * @throws IOException when another segment has the name
     */
    void publish(Path part, Segment segment) throws IOException {
        Path file = file(segment.number());
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            requireHolds(segment);
        }
        Files.deleteIfExists(part);
        force(path);
    }

    /** Makes the names in the folder durable. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** @throws IOException when the segment's file is missing, broken, or of another segment; says what to do */
    void requireHolds(Segment segment) throws IOException {
        Path file = file(segment.number());
        if (!Files.exists(file)) {
            throw new IOException("segment " + segment.number() + " is sealed, and " + file
                    + " is missing; put the file back, or let store.archive.path be the folder that has it");
        }
        if (!read(file).equals(segment)) {
            throw new IOException(
                    file + " is of another ledger, as after a restore of an older backup: move it, and all"
                            + " files with higher numbers, to another folder");
        }
    }

    /** Reads the whole file, and returns its record. */
    static Segment read(Path file) throws IOException {
        try (SegmentReader reader = SegmentReader.open(file)) {
            return reader.end();
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
