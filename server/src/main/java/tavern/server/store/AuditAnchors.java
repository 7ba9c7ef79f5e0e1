package tavern.server.store;

import java.io.IOException;
import java.util.Optional;

/** A place outside the store that records the head of the audit log. Blocks; used by one thread. */
public interface AuditAnchors {
    /** Its name, for people. */
    String where();

    /**
     * Returns the recorded head, or empty if there is none.
     *
     * @throws IOException when the place cannot be reached
     */
    Optional<AuditAnchor> read() throws IOException;

    /**
     * Records this head instead of the previous one.
     *
     * @throws IOException when the previous one is still recorded
     */
    void write(AuditAnchor head) throws IOException;
}
