package tavern.server.archive;

import java.io.IOException;
import java.nio.file.Path;

/** A file of the archive is not as it was written. */
final class BrokenSegmentException extends IOException {
    private static final long serialVersionUID = 1;

    BrokenSegmentException(Path file, String what) {
        super(file.getFileName() + ": " + what);
    }
}
