package tavern.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is closed together, the last first: what one benchmark leaves to those after it until the end of the run, or the
 * servers of one. Used by one thread.
 */
public final class Kept implements AutoCloseable {
    private final Deque<Part> parts = new ArrayDeque<>();

    /** Something that is kept. */
    public interface Part extends AutoCloseable {
        /** Blocks until it can be used. */
        default void awaitReady() throws IOException, InterruptedException {}

        /** Begins to end, and returns at once: whoever closes it then waits for less. */
        default void end() {}

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
        return add(maker.make());
    }

    /** Blocks until all can be used. */
    public void awaitReady() throws IOException, InterruptedException {
        for (Part part : parts) {
            part.awaitReady();
        }
    }

    /** One more of any kind. */
    public <T extends Part> T add(T part) {
        parts.push(part);
        return part;
    }

    /** All begin to end; returns at once. */
    public void end() {
        parts.forEach(Part::end);
    }

    /** All of them, even when one does not close. */
    @Override
    public void close() throws IOException, InterruptedException {
        end();
        closeNext();
    }

    private void closeNext() throws IOException, InterruptedException {
        Part part = parts.poll();
        if (part != null) {
            try (Part next = this::closeNext) {
                part.close();
            }
        }
    }
}
