package tavern.server.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
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
    private static final Pattern PART = Pattern.compile("[0-9]+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

    private final Path path;

    public ArchiveFolder(Path path) {
        this.path = path;
    }

    /** All segments' files by their numbers; a folder that is missing is no empty archive. */
    SortedMap<Long, Path> segments() throws IOException {
        if (!Files.isDirectory(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such folder; is it mounted?");
        }
        SortedMap<Long, Path> found = new TreeMap<>();
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

    /**
     * Creates the folder, if its parent exists, and removes what crashes have left in it. Only the owner of the lease may do
     * this.
     */
    void prepare() throws IOException {
        if (!Files.isDirectory(path)) {
            // Its parents are not created: they may be on a disk that is not mounted.
            Path parent = path.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new NoSuchFileException(path.toString(), null, "its parent folder is missing; is it mounted?");
            }
            Files.createDirectory(path);
            force(parent);
        }
        List<Path> leftovers;
        try (Stream<Path> files = Files.list(path)) {
            leftovers = files.filter(
                            file -> PART.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
    }

    /** A name for a file that is not complete yet, which nobody else uses. */
    Path part(long number) {
        return path.resolve(number + "." + UUID.randomUUID() + ".part");
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
            throw ofAnotherLedger(file);
        }
    }

    /** @throws IOException when the segment's file is broken, or does not follow the segment with this hash */
    Segment read(long number, String hashBefore) throws IOException {
        Path file = file(number);
        Segment segment = read(file);
        if (segment.number() != number || !segment.before().equals(hashBefore)) {
            throw ofAnotherLedger(file);
        }
        return segment;
    }

    private static IOException ofAnotherLedger(Path file) {
        return new IOException(
                file + " is of another ledger, as after a restore of an older backup, or after a fail-over that"
                        + " lost the newest entries: move it, and all files with higher numbers, to another folder");
    }

    /** Reads the whole file, and returns its record. */
    static Segment read(Path file) throws IOException {
        try (SegmentReader reader = SegmentReader.open(file)) {
            return reader.end();
        }
    }

    /** What failed, in words: the message of a failure of the file system is often only a path. */
    public static String reason(IOException failure) {
        boolean isClear = !(failure instanceof FileSystemException system) || system.getReason() != null;
        return isClear
                ? String.valueOf(failure.getMessage())
                : failure.getMessage() + ": "
                        + failure.getClass().getSimpleName().replace("Exception", "");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
