package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of the audit log in a file of the server's own. With Redis, the file is on another machine than the log.
 * With the embedded store it lies beside the log, and only exposes somebody who can write to the database but not to
 * the folder.
 */
public final class AnchorFile implements AuditAnchors {
    /** Its name in {@code store.path}. */
    public static final String NAME = "audit.anchor";

    private static final String ABOUT = "# The newest entry of the audit log: store, entry, hash, time."
            + " A server that finds another log than this one reports it.\n";
    private static final Pattern LINE = Pattern.compile("(\\S+) ([0-9]{1,18}) ([0-9a-f]{64}) (\\S+)");

    private final Path file;
    private final String store;

    /**
     * @param store the id of the store that the log belongs to, because a folder may have served another store before
     */
    public AnchorFile(Path file, String store) {
        this.file = file;
        this.store = store;
    }

    @Override
    public String where() {
        return file.toString();
    }

    @Override
    public Optional<AuditAnchor> read() throws IOException {
        String text;
        try {
            text = Files.readString(file, UTF_8).replaceAll("(?m)^#.*$", "").strip();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            throw changed();
        }
        if (!line.group(1).equals(store)) {
            return Optional.empty();
        }
        try {
            long atMillis = Instant.parse(line.group(4)).toEpochMilli();
            return Optional.of(new AuditAnchor(where(), Long.parseLong(line.group(2)), line.group(3), atMillis));
        } catch (DateTimeParseException e) {
            throw changed();
        }
    }

    private IOException changed() {
        return new IOException(
                file + " is not as it was written; keep a copy of it, and compare with the server's log");
    }

    /** Written to a second file that is then renamed, so that a crash leaves either the old file or the new one. */
    @Override
    public void write(AuditAnchor head) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        String text = ABOUT + store + " " + head.seq() + " " + head.hash() + " " + Instant.ofEpochMilli(head.atMillis())
                + "\n";
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
