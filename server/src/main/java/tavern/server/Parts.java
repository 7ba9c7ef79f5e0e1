package tavern.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server has started and must close, in reverse order. Used by the thread that starts and stops the server. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    /** A part that fails to close keeps no other from it. */
    // Whatever is thrown, the others are closed.
    @SuppressWarnings("IllegalCatch")
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.error("{} failed to close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
