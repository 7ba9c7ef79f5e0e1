package tavern.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What one benchmark leaves to those after it, closed at the end of the run, the last first. Used by one thread. */
public final class Kept implements AutoCloseable {
    private final Deque<Part> parts = new ArrayDeque<>();

    /** Something that is kept. */
    public interface Part extends AutoCloseable {
        @Override
        void close() throws IOException, InterruptedException;
    }

    /** What makes one. */
    @FunctionalInterface
    public interface Maker<T extends Part> {
        T make() throws IOException;
    }

    /** The one of its kind, made by whoever asks first. */
    public <T extends Part> T get(Class<T> kind, Maker<T> maker) throws IOException {
        for (Part part : parts) {
            if (kind.isInstance(part)) {
                return kind.cast(part);
            }
        }
        T made = maker.make();
        parts.push(made);
        return made;
    }

    /** All of them, even when one does not close. */
    @Override
    public void close() throws IOException, InterruptedException {
        Part part = parts.poll();
        if (part != null) {
            try (this) {
                part.close();
            }
        }
    }
}
