package tavern.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Resources that are closed together, in reverse order: those that one benchmark leaves to the next until the end of
 * the run, or the servers of one benchmark. Confined to one thread.
 */
public final class ClosedTogether implements AutoCloseable {
    private final Deque<Part> parts = new ArrayDeque<>();

    /** A kept resource. */
    public interface Part extends AutoCloseable {
        /** Blocks until the resource can be used. */
        default void awaitReady() throws IOException, InterruptedException {}

        /** Starts to shut down and returns at once, so that a later {@link #close} waits for less time. */
        default void end() {}

        @Override
        void close() throws IOException, InterruptedException;
    }

    /** Creates a resource. */
    @FunctionalInterface
    public interface Maker<T extends Part> {
        T make() throws IOException;
    }

    /** Returns the resource of this kind, creating it on the first call. */
    public <T extends Part> T get(Class<T> kind, Maker<T> maker) throws IOException {
        for (Part part : parts) {
            if (kind.isInstance(part)) {
                return kind.cast(part);
            }
        }
        return add(maker.make());
    }

    /** Blocks until all resources can be used. */
    public void awaitReady() throws IOException, InterruptedException {
        for (Part part : parts) {
            part.awaitReady();
        }
    }

    /** Adds a resource, also of a kind that is already kept. */
    public <T extends Part> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Starts to shut down all resources and returns at once. */
    public void end() {
        parts.forEach(Part::end);
    }

    /** Closes all resources, even if one of them fails to close. */
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
